"""Whether two e-mail addresses reach the same person: case and a +tag make no difference."""


def plain(email: str) -> str:
    """`Ann+club@Firm.example` → `ann@firm.example`"""
    local, _at, domain = email.strip().lower().rpartition("@")
    return f"{local.split('+')[0]}@{domain}"


def is_same_person(one: str, other: str) -> bool:
    return plain(one) == plain(other)
