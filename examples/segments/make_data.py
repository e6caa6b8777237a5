"""Write data/transactions.csv: made-up purchases of made-up customers of a made-up shop.

Nobody in it exists. The same seed writes the same bytes, so the file can be made again at
any time:

    python make_data.py
"""

from pathlib import Path

import numpy as np
import pandas as pd

SEED = 404
FIRST_DAY, LAST_DAY = pd.Timestamp("2023-01-02"), pd.Timestamp("2023-12-30")
TARGET = Path(__file__).parent / "data" / "transactions.csv"

# Kinds of customers: how many, orders a year, days since they left, usual basket.
KINDS = {
    "regular": (170, 14.0, 12.0, 38.0),
    "big spender": (55, 9.0, 25.0, 165.0),
    "now and then": (280, 3.2, 60.0, 45.0),
    "gone": (190, 4.0, 230.0, 52.0),
}
CATEGORIES = ["garden", "kitchen", "books", "toys", "clothes"]


def make_transactions(seed: int) -> pd.DataFrame:
    """Return one row per item bought, newest last, with refunds and forgotten customer numbers."""
    rng = np.random.default_rng(seed)
    year = (LAST_DAY - FIRST_DAY).days
    rows = []
    number = 0
    for size, orders, gone, basket in KINDS.values():
        for _ in range(size):
            number += 1
            last = max(1, year - int(rng.exponential(gone)))
            favorite = rng.choice(CATEGORIES)
            level = basket * rng.lognormal(0, 0.3)
            for _ in range(1 + rng.poisson(orders * last / year)):
                day = FIRST_DAY + pd.Timedelta(days=int(rng.integers(0, last + 1)))
                category = favorite if rng.uniform() < 0.6 else rng.choice(CATEGORIES)
                quantity = 1 + rng.poisson(0.8)
                price = round(level / quantity * rng.lognormal(0, 0.25), 2)
                rows.append((f"K{number:04d}", day, category, quantity, price))
    frame = pd.DataFrame(
        rows, columns=["customer_id", "date", "category", "quantity", "unit_price"]
    )
    # Things that came back: the same line again, with a negative quantity.
    refunds = frame.iloc[rng.choice(len(frame), size=110, replace=False)].copy()
    refunds["quantity"] = -refunds["quantity"]
    frame = pd.concat([frame, refunds], ignore_index=True)
    frame.loc[rng.choice(len(frame), size=95, replace=False), "customer_id"] = None
    frame = frame.sort_values("date", kind="stable", ignore_index=True)
    frame.insert(0, "invoice", 50_000 + frame.index)
    frame["date"] = frame["date"].dt.strftime("%d.%m.%Y")
    return frame


if __name__ == "__main__":
    TARGET.parent.mkdir(exist_ok=True)
    make_transactions(SEED).to_csv(TARGET, index=False, lineterminator="\n")
