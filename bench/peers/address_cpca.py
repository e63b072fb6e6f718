"""Province, city and county of shipping lines by cpca, which reads neither names nor numbers."""

import sys

from address_lines import NOT_INSTALLED, run

try:
    import cpca
except ImportError:
    sys.exit(NOT_INSTALLED)

COLUMNS = {"省": "province", "市": "city", "区": "county", "地址": "detail"}


def read(text: str) -> dict[str, str | None]:
    [found] = cpca.transform([text]).to_dict("records")
    return {key: found[column] or None for column, key in COLUMNS.items()}


# It makes a data frame of each call, which takes most of the time of a single line, so the rate is of many.
run("cpca", read=read, parse=lambda text: cpca.transform([text]), parse_all=cpca.transform)
