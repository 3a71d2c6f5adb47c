"""Invented names: firms, people, groups, projects. The places are real, the firms and people are not."""

import random
from collections.abc import Iterator

from stdnum.ar.cuit import calc_check_digit

from groups.provinces import Province

FIRST = [
    "Ana",
    "Lucía",
    "Marta",
    "Sofía",
    "Carla",
    "Elena",
    "Graciela",
    "Norma",
    "Silvia",
    "Paula",
    "Julia",
    "Rosa",
    "Beatriz",
    "Valeria",
    "Inés",
    "Teresa",
    "Mónica",
    "Jorge",
    "Luis",
    "Martín",
    "Pablo",
    "Diego",
    "Raúl",
    "Hugo",
    "Oscar",
    "Daniel",
    "Sergio",
    "Marcos",
    "Tomás",
    "Andrés",
    "Víctor",
    "Ramón",
    "Nicolás",
    "Esteban",
]
LAST = [
    "Acosta",
    "Agüero",
    "Benítez",
    "Bianchi",
    "Cabrera",
    "Cáceres",
    "Castro",
    "Córdoba",
    "Domínguez",
    "Espósito",
    "Farías",
    "Ferreyra",
    "Figueroa",
    "Gallardo",
    "Giménez",
    "Godoy",
    "Herrera",
    "Ibáñez",
    "Juárez",
    "Ledesma",
    "Lucero",
    "Maidana",
    "Medina",
    "Molina",
    "Moyano",
    "Navarro",
    "Ojeda",
    "Páez",
    "Peralta",
    "Quiroga",
    "Ramírez",
    "Ríos",
    "Roldán",
    "Romero",
    "Rossi",
    "Sosa",
    "Toledo",
    "Vallejos",
    "Vega",
    "Villalba",
    "Zárate",
    "Zamora",
]

TOWNS: dict[Province, tuple[str, ...]] = {
    Province.BUENOS_AIRES: (
        "Tandil",
        "Pergamino",
        "Junín",
        "Olavarría",
        "Chascomús",
        "Bahía Blanca",
        "Luján",
    ),
    Province.CATAMARCA: ("Andalgalá", "Belén", "Tinogasta"),
    Province.CHACO: ("Resistencia", "Machagai", "Villa Ángela"),
    Province.CHUBUT: ("Trelew", "Gaiman", "Esquel"),
    Province.CORDOBA: ("Río Cuarto", "Villa María", "Marcos Juárez", "San Francisco"),
    Province.CORRIENTES: ("Goya", "Virasoro", "Mercedes"),
    Province.ENTRE_RIOS: ("Concordia", "Federación", "Gualeguaychú", "Crespo"),
    Province.JUJUY: ("Tilcara", "Perico", "Humahuaca", "Palpalá"),
    Province.LA_PAMPA: ("General Pico", "Santa Rosa", "Eduardo Castex"),
    Province.MENDOZA: ("San Rafael", "Tunuyán", "General Alvear", "Maipú", "Luján de Cuyo"),
    Province.MISIONES: ("Oberá", "Eldorado", "Montecarlo", "Apóstoles"),
    Province.NEUQUEN: ("Plottier", "Centenario", "Junín de los Andes"),
    Province.RIO_NEGRO: ("General Roca", "Villa Regina", "El Bolsón", "Cipolletti"),
    Province.SALTA: ("Cafayate", "Cachi", "Orán", "Metán"),
    Province.SAN_JUAN: ("Caucete", "Jáchal", "Pocito"),
    Province.SANTA_FE: ("Rafaela", "Reconquista", "Las Parejas", "Esperanza", "Cañada de Gómez"),
    Province.SANTIAGO_DEL_ESTERO: ("La Banda", "Añatuya", "Termas de Río Hondo"),
    Province.TUCUMAN: ("Tafí Viejo", "Concepción", "Monteros"),
}

# Per sector: what it is called as a group, what the firms are called, its activity (CLAE), and the kinds
# of place that a firm has in the chain.
SECTORS: dict[str, dict] = {
    "Agribusiness and primary sector": {
        "groups": ("Productores de miel", "Fruticultores", "Horticultores", "Lácteos artesanales", "Olivicultores",
                   "Viñateros", "Productores de arándanos", "Criadores de cabras"),
        "firms": ("Agropecuaria", "Finca", "Granja", "Establecimiento", "Chacra", "Colmenares"),
        "activity": "A",
        "chain": ("produce", "acopia", "empaca", "procesa", "vende"),
    },
    "Handicrafts and design": {
        "groups": ("Tejedoras", "Ceramistas", "Artesanos del cuero", "Diseño local"),
        "firms": ("Taller", "Tejidos", "Cerámica", "Diseño"),
        "activity": "C",
        "chain": ("hila", "teje", "diseña", "vende"),
    },
    "Cultural industries": {
        "groups": ("Editoriales independientes",),
        "firms": ("Editorial", "Imprenta", "Ediciones"),
        "activity": "J",
        "chain": ("edita", "imprime", "distribuye"),
    },
    "Wood and furniture": {
        "groups": ("Muebleros", "Aserraderos", "Carpinteros"),
        "firms": ("Maderas", "Muebles", "Aserradero", "Carpintería"),
        "activity": "C",
        "chain": ("asierra", "seca la madera", "fabrica", "vende"),
    },
    "Metal-mechanic": {
        "groups": ("Metalúrgicos", "Fabricantes de maquinaria agrícola", "Matriceros"),
        "firms": ("Metalúrgica", "Tornería", "Matricería", "Agropartes"),
        "activity": "C",
        "chain": ("funde", "mecaniza", "arma", "vende"),
    },
    "Mining": {
        "groups": ("Canteras",),
        "firms": ("Cantera", "Piedras", "Molienda"),
        "activity": "B",
        "chain": ("extrae", "muele", "transporta"),
    },
    "Software and information services": {
        "groups": ("Polo informático", "Empresas de software", "Servicios digitales"),
        "firms": ("Sistemas", "Soluciones", "Datos", "Software"),
        "activity": "J",
        "chain": ("programa", "prueba", "implementa", "vende"),
    },
    "Textile": {
        "groups": ("Confeccionistas",),
        "firms": ("Confecciones", "Textil", "Tejeduría"),
        "activity": "C",
        "chain": ("teje", "corta", "confecciona", "vende"),
    },
    "Tourism": {
        "groups": ("Turismo rural", "Prestadores turísticos", "Ruta gastronómica", "Posadas"),
        "firms": ("Hostería", "Turismo", "Excursiones", "Posada"),
        "activity": "I",
        "chain": ("aloja", "guía", "da de comer", "traslada"),
    },
}  # fmt: skip

PROJECTS = {
    "Agribusiness and primary sector": "Sala de empaque y marca común",
    "Handicrafts and design": "Taller compartido y catálogo común",
    "Cultural industries": "Distribución conjunta y feria itinerante",
    "Wood and furniture": "Secadero común y línea de muebles certificada",
    "Metal-mechanic": "Centro de mecanizado compartido",
    "Mining": "Molienda conjunta y ensayo de materiales",
    "Software and information services": "Certificación de calidad y oferta conjunta",
    "Textile": "Sala de corte compartida y compra conjunta",
    "Tourism": "Circuito común, central de reservas y calidad",
}


def cuits(first: int = 71_900_000) -> Iterator[str]:
    """Tax numbers of companies with right check digits; the numbers are invented."""
    for number in range(first, first + 50_000):
        body = f"30{number}"
        digit = calc_check_digit(body)
        if len(digit) == 1 and digit.isdigit():
            yield body + digit


def person(draw: random.Random) -> str:
    """A full name."""
    return f"{draw.choice(FIRST)} {draw.choice(LAST)}"


def firm(draw: random.Random, sector: str) -> str:
    """A firm's name."""
    what, whose = draw.choice(SECTORS[sector]["firms"]), draw.choice(LAST)
    return f"{what} {whose} {draw.choice(('SRL', 'SA', 'SAS', 'e Hijos', 'Hnos.'))}"


def group(draw: random.Random, sector: str, town: str) -> str:
    """A group's name."""
    return f"{draw.choice(SECTORS[sector]['groups'])} de {town}"
