"""The provinces of Argentina by their ISO 3166-2 code, and their place in the tile map (column, row)."""

from django.db import models


class Province(models.TextChoices):
    """The twenty-three provinces and the City of Buenos Aires; names are proper nouns, not translated."""

    BUENOS_AIRES = "AR-B", "Buenos Aires"
    CATAMARCA = "AR-K", "Catamarca"
    CHACO = "AR-H", "Chaco"
    CHUBUT = "AR-U", "Chubut"
    CITY = "AR-C", "Ciudad Autónoma de Buenos Aires"
    CORDOBA = "AR-X", "Córdoba"
    CORRIENTES = "AR-W", "Corrientes"
    ENTRE_RIOS = "AR-E", "Entre Ríos"
    FORMOSA = "AR-P", "Formosa"
    JUJUY = "AR-Y", "Jujuy"
    LA_PAMPA = "AR-L", "La Pampa"
    LA_RIOJA = "AR-F", "La Rioja"
    MENDOZA = "AR-M", "Mendoza"
    MISIONES = "AR-N", "Misiones"
    NEUQUEN = "AR-Q", "Neuquén"
    RIO_NEGRO = "AR-R", "Río Negro"
    SALTA = "AR-A", "Salta"
    SAN_JUAN = "AR-J", "San Juan"
    SAN_LUIS = "AR-D", "San Luis"
    SANTA_CRUZ = "AR-Z", "Santa Cruz"
    SANTA_FE = "AR-S", "Santa Fe"
    SANTIAGO_DEL_ESTERO = "AR-G", "Santiago del Estero"
    TIERRA_DEL_FUEGO = "AR-V", "Tierra del Fuego"
    TUCUMAN = "AR-T", "Tucumán"


TILES = {
    "Y": (1, 0), "A": (2, 0), "P": (4, 0), "K": (1, 1), "T": (2, 1), "G": (3, 1), "H": (4, 1), "N": (6, 1),
    "F": (1, 2), "X": (2, 2), "S": (3, 2), "E": (4, 2), "W": (5, 2), "J": (0, 3), "D": (1, 3), "C": (4, 3),
    "M": (0, 4), "L": (1, 4), "B": (3, 4), "Q": (0, 5), "R": (1, 5), "U": (1, 6), "Z": (1, 7), "V": (2, 8),
}  # fmt: skip
