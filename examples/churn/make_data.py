"""Write data/churn.csv: made-up customers of a made-up phone company.

No row describes a real person. The same seed writes the same bytes, so the file can be
made again at any time:

    python make_data.py
"""

from pathlib import Path

import numpy as np
import pandas as pd

ROWS = 1800
SEED = 2024
TARGET = Path(__file__).parent / "data" / "churn.csv"

CONTRACTS = ["Month-to-month", "One year", "Two year"]
PAYMENT_METHODS = [
    "Electronic check",
    "Mailed check",
    "Bank transfer (automatic)",
    "Credit card (automatic)",
]


def make_customers(rows: int, seed: int) -> pd.DataFrame:
    """Return `rows` customers with the untidiness of a real export."""
    rng = np.random.default_rng(seed)
    contract = rng.choice(CONTRACTS, size=rows, p=[0.55, 0.22, 0.23])
    longest = np.where(contract == "Month-to-month", 45, 73)
    tenure = np.floor(rng.beta(0.9, 1.3, size=rows) * longest).astype(int)
    senior = rng.binomial(1, 0.16, size=rows)
    paperless = rng.choice(["Yes", "No"], size=rows, p=[0.59, 0.41])
    payment_method = rng.choice(PAYMENT_METHODS, size=rows, p=[0.34, 0.23, 0.22, 0.21])
    monthly = np.round(np.clip(rng.normal(65, 29, size=rows), 18.25, 118.75), 2)
    total = np.round(monthly * tenure * rng.uniform(0.94, 1.06, size=rows), 2)

    score = (
        -1.55
        + 1.55 * (contract == "Month-to-month")
        - 0.95 * (contract == "Two year")
        - 0.050 * tenure
        + 0.021 * (monthly - 65)
        + 0.70 * (payment_method == "Electronic check")
        + 0.40 * (paperless == "Yes")
        + 0.45 * senior
        + rng.normal(0, 0.35, size=rows)
    )
    churn = np.where(rng.uniform(size=rows) < 1 / (1 + np.exp(-score)), "Yes", "No")

    frame = pd.DataFrame(
        {
            "customer_id": [
                f"C{number:05d}" for number in 10_001 + rng.permutation(rows)
            ],
            "gender": rng.choice(["Female", "Male"], size=rows),
            "senior": senior,
            "tenure": tenure,
            "contract": contract,
            "payment_method": payment_method,
            "paperless": paperless,
            "monthly_charges": monthly,
            # Customers who have not had a bill yet have a blank, as exports often do.
            "total_charges": [
                " " if months == 0 else f"{amount:.2f}"
                for months, amount in zip(tenure, total, strict=True)
            ],
            "churn": churn,
        }
    )
    frame.loc[rng.choice(rows, size=23, replace=False), "payment_method"] = None
    frame.loc[rng.choice(rows, size=17, replace=False), "monthly_charges"] = np.nan
    return frame


if __name__ == "__main__":
    make_customers(ROWS, SEED).to_csv(TARGET, index=False, lineterminator="\n")
