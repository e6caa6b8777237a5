"""Write data/sales.csv: made-up daily sales of three made-up bakeries.

Nothing in it was ever sold. The same seed writes the same bytes, so the file can be made
again at any time:

    python make_data.py
"""

from pathlib import Path

import numpy as np
import pandas as pd

START, DAYS = "2022-01-03", 560
SEED = 77
TARGET = Path(__file__).parent / "data" / "sales.csv"

STORES = {"Castle Street": 1.0, "Market Hall": 1.45, "Station": 0.8}
# How many a day, what one costs, how much better a weekend is.
PRODUCTS = {
    "baguette": (80, 1.9, 1.35),
    "croissant": (60, 1.6, 1.7),
    "rye bread": (30, 4.2, 1.1),
    "cake slice": (22, 3.5, 2.0),
}


def make_sales(start: str, days: int, seed: int) -> pd.DataFrame:
    """Return one row a day, store and product; closed days have no rows."""
    rng = np.random.default_rng(seed)
    dates = pd.date_range(start, periods=days, freq="D")
    weekend = dates.day_of_week >= 5
    season = 1 + 0.12 * np.cos(2 * np.pi * (dates.day_of_year - 350) / 365.25)
    trend = 1 + 0.18 * np.arange(days) / days
    rows = []
    for store, size in STORES.items():
        # Good and bad weeks of a store are shared by what it sells.
        mood = np.exp(np.convolve(rng.normal(0, 0.12, days + 6), np.ones(7) / 7, "valid"))
        closed = rng.uniform(size=days) < 0.012
        closed |= (dates.month == 12) & (dates.day == 25)
        closed |= (dates.month == 1) & (dates.day == 1)
        for product, (level, price, weekend_factor) in PRODUCTS.items():
            promotion = rng.uniform(size=days) < 0.07
            paid = np.round(np.where(promotion, price * 0.8, price * (1 + 0.06 * trend)), 2)
            expected = (
                level
                * size
                * season
                * trend
                * mood
                * np.where(weekend, weekend_factor, 1.0)
                * np.where(promotion, 1.4, 1.0)
            )
            rows.append(
                pd.DataFrame(
                    {
                        "date": dates.strftime("%Y-%m-%d"),
                        "store": store,
                        "product": product,
                        "price": paid,
                        "promotion": promotion.astype(int),
                        "sales": rng.poisson(expected),
                    }
                )[~closed]
            )
    frame = pd.concat(rows, ignore_index=True)
    # The till at the station forgot to report prices now and then.
    gaps = rng.choice(frame.index[frame["store"] == "Station"], size=40, replace=False)
    frame.loc[gaps, "price"] = np.nan
    return frame.sort_values(["date", "store", "product"], kind="stable")


if __name__ == "__main__":
    TARGET.parent.mkdir(exist_ok=True)
    make_sales(START, DAYS, SEED).to_csv(TARGET, index=False, lineterminator="\n")
