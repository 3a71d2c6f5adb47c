"""Messages that leave (being written)."""


def queue(**_kwargs):
    raise RuntimeError
