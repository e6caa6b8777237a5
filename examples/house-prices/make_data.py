"""Write data/houses.csv: made-up sales of made-up houses in a made-up town.

No row describes a real house. The same seed writes the same bytes, so the file can be
made again at any time:

    python make_data.py
"""

from pathlib import Path

import numpy as np
import pandas as pd

ROWS = 1300
SEED = 1871
TARGET = Path(__file__).parent / "data" / "houses.csv"

# What a square meter is worth there, compared with the town.
NEIGHBORHOODS = {
    "Old Town": 1.06,
    "Riverside": 1.22,
    "Mill Quarter": 0.88,
    "Station": 0.81,
    "Hillcrest": 1.35,
    "Orchard": 1.04,
    "Northfield": 0.93,
    "Harbor": 0.97,
    "Lakeview": 1.18,
}
KITCHENS = {"Po": 0.94, "Fa": 0.97, "TA": 1.0, "Gd": 1.05, "Ex": 1.12}
GARAGES = ["Attached", "Detached", "Carport"]


def make_houses(rows: int, seed: int) -> pd.DataFrame:
    """Return `rows` sales with the gaps and oddities of a real register."""
    rng = np.random.default_rng(seed)
    neighborhood = rng.choice(list(NEIGHBORHOODS), size=rows)
    kind = rng.choice(
        ["Detached", "Semi-detached", "Terraced"], size=rows, p=[0.55, 0.25, 0.2]
    )
    sale_year = rng.integers(2017, 2023, size=rows)
    year_built = np.minimum(
        np.floor(2022 - rng.gamma(2.0, 20.0, size=rows)), sale_year
    ).astype(int)
    remodeled = np.where(
        rng.uniform(size=rows) < 0.45,
        np.minimum(year_built + rng.integers(8, 60, size=rows), sale_year),
        year_built,
    )
    quality = np.clip(np.round(rng.normal(6, 1.5, size=rows)), 1, 10).astype(int)
    living = np.round(np.clip(rng.normal(132, 38, size=rows), 48, 320))
    basement = np.where(
        rng.uniform(size=rows) < 0.7, np.round(living * rng.uniform(0.3, 0.6, rows)), 0.0
    )
    lot_factor = np.where(kind == "Detached", 4.6, np.where(kind == "Terraced", 1.7, 2.8))
    lot = np.round(living * lot_factor * rng.lognormal(0, 0.35, size=rows))
    has_garage = rng.uniform(size=rows) < 0.8
    garage = np.where(has_garage, np.round(rng.normal(27, 8, size=rows).clip(12, 70)), 0.0)
    kitchen = rng.choice(list(KITCHENS), size=rows, p=[0.03, 0.09, 0.5, 0.28, 0.1])
    air = rng.choice(["Y", "N"], size=rows, p=[0.4, 0.6])

    price = (
        1_450
        * (living + 0.35 * basement + 0.05 * lot + 0.5 * garage)
        * np.array([NEIGHBORHOODS[name] for name in neighborhood])
        * np.array([KITCHENS[grade] for grade in kitchen])
        * (1 + 0.055 * (quality - 6))
        * np.exp(-0.0032 * (sale_year - remodeled))
        * (1 + 0.035 * (sale_year - 2017))
        * np.where(air == "Y", 1.03, 1.0)
        * rng.lognormal(0, 0.09, size=rows)
    )
    frame = pd.DataFrame(
        {
            "id": np.arange(1, rows + 1),
            "neighborhood": neighborhood,
            "house_type": kind,
            "year_built": year_built,
            "year_remodeled": remodeled,
            "overall_quality": quality,
            "kitchen_quality": kitchen,
            "living_area": living,
            "basement_area": basement,
            "lot_area": lot,
            "lot_frontage": np.round(np.sqrt(lot) * rng.uniform(0.6, 1.1, rows), 1),
            "rooms": np.clip(np.round(living / rng.normal(24, 3, rows)), 2, 12).astype(int),
            "bathrooms": rng.choice([1, 1.5, 2, 2.5, 3], size=rows),
            "garage_type": np.where(has_garage, rng.choice(GARAGES, size=rows), None),
            "garage_area": garage,
            "central_air": air,
            "sale_month": rng.integers(1, 13, size=rows),
            "sale_year": sale_year,
            "sale_price": np.round(price, -2).astype(int),
        }
    )
    # The register never says "no basement": it leaves the field empty.
    frame.loc[frame["basement_area"] == 0, "basement_area"] = np.nan
    frame.loc[rng.choice(rows, size=190, replace=False), "lot_frontage"] = np.nan
    frame.loc[rng.choice(rows, size=14, replace=False), "kitchen_quality"] = None
    # Two estates sold within a family, far below their worth.
    estates = rng.choice(rows, size=2, replace=False)
    frame.loc[estates, "living_area"] = [465.0, 520.0]
    frame.loc[estates, "sale_price"] = [160_000, 184_700]
    return frame


if __name__ == "__main__":
    TARGET.parent.mkdir(exist_ok=True)
    make_houses(ROWS, SEED).to_csv(TARGET, index=False, lineterminator="\n")
