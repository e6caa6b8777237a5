"""A table of 200 MB and many cells that touch a part of it each."""

# %%
import numpy as np
import pandas as pd

rng = np.random.default_rng(1)
df = pd.DataFrame({f"x{at}": rng.normal(size=500_000) for at in range(48)})
df["kind"] = rng.choice(["north", "south", "east", "west"], size=len(df))
# %%
df.describe()
# %%
df["ratio"] = df["x0"] / (df["x1"].abs() + 1)
df["ratio"].mean()
# %%
means = df.groupby("kind")[["x0", "x1", "x2", "x3"]].agg(["mean", "std"])
print(means)
# %%
correlations = df[[f"x{at}" for at in range(16)]].corr()
# %%
df["clipped"] = df["ratio"].clip(-3, 3)
threshold = df["clipped"].quantile(0.9)
# %%
high = df[df["clipped"] > threshold]
print(len(high))
# %%
df.loc[df["x5"] > 3, "x5"] = 3
# %%
ranked = df[["x0", "x1"]].rank()
# %%
counts = df["kind"].value_counts()
print(counts)
# %%
sorted_part = df.sort_values("x2").head(1000)
# %%
df["z"] = (df["x3"] - df["x3"].mean()) / df["x3"].std()
# %%
summary = {"rows": len(df), "mean": df["z"].mean(), "kinds": sorted(counts.index)}
print(summary)
# %%
df["kind"] = df["kind"].astype("category")
# %%
pivot = df.pivot_table(index="kind", values=["x0", "x1", "z"], aggfunc="median")
print(pivot)
