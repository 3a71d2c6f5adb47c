"""The provinces of Argentina by their ISO 3166-2 code, their place in the tile map (column, row), and how far apart
they are."""

from math import asin, cos, radians, sin, sqrt

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

# Latitude and longitude of each province's capital, in degrees to the hundredth (about a kilometre).
CAPITALS = {
    "B": (-34.92, -57.95), "K": (-28.47, -65.78), "H": (-27.45, -58.99), "U": (-43.30, -65.10),
    "C": (-34.61, -58.38), "X": (-31.42, -64.18), "W": (-27.47, -58.83), "E": (-31.73, -60.53),
    "P": (-26.18, -58.18), "Y": (-24.19, -65.30), "L": (-36.62, -64.29), "F": (-29.41, -66.86),
    "M": (-32.89, -68.84), "N": (-27.37, -55.90), "Q": (-38.95, -68.06), "R": (-40.81, -62.99),
    "A": (-24.79, -65.41), "J": (-31.54, -68.54), "D": (-33.30, -66.34), "Z": (-51.62, -69.22),
    "S": (-31.63, -60.70), "G": (-27.79, -64.26), "V": (-54.80, -68.30), "T": (-26.82, -65.22),
}  # fmt: skip
EARTH_RADIUS_KM = 6371


def kilometres(one: str, other: str) -> int:
    """From capital to capital of two provinces, in a straight line over the ground, in whole kilometres (haversine).
    Firms give the name of their locality, not where it lies: this tells an officer whether neighbours or a country's
    length stand behind two names, and not how long the road is."""
    (south, west), (north, east) = (
        tuple(radians(each) for each in CAPITALS[code.removeprefix("AR-")]) for code in (one, other)
    )
    half = sin((north - south) / 2) ** 2 + cos(south) * cos(north) * sin((east - west) / 2) ** 2
    return round(2 * EARTH_RADIUS_KM * asin(sqrt(half)))
