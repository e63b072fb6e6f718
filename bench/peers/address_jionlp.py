"""Province, city and county of shipping lines by JioNLP, with the numbers that it finds; it reads no names."""

import contextlib
import sys

from address_lines import NOT_INSTALLED, run

try:
    # It greets on standard output.
    with contextlib.redirect_stdout(sys.stderr):
        import jionlp
except ImportError:
    sys.exit(NOT_INSTALLED)


def parse(text: str) -> tuple[dict[str, str | None], list[str]]:
    # `change2new` gives divisions as they are called today, which is what the labels do.
    return jionlp.parse_location(text, change2new=True), jionlp.extract_phone_number(text)


def read(text: str) -> dict[str, str | None]:
    place, numbers = parse(text)
    found = {key: place[key] for key in ("province", "city", "county", "detail")}
    return found | {"phone": numbers[0] if numbers else None}


run("jionlp", read=read, parse=parse, gives_phone=True)
