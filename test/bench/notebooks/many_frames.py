"""Tables by the dozen in a dictionary."""

# %%
import numpy as np
import pandas as pd

rng = np.random.default_rng(1)
frames = {
    f"f{i}": pd.DataFrame(rng.normal(size=(5000, 8)), columns=list("abcdefgh")) for i in range(40)
}
# %%
for name, f in frames.items():
    f["s"] = f.rolling(5).mean().sum(axis=1)
# %%
all_rows = pd.concat(frames.values(), keys=frames.keys())
# %%
print(all_rows.groupby(level=0).mean().head())
# %%
corr = {n: f.corr() for n, f in frames.items()}
# %%
sorted_frames = [f.sort_values("a") for f in frames.values()]
# %%
ranks = [f.rank() for f in sorted_frames]
# %%
print(sum(r["a"].sum() for r in ranks))
