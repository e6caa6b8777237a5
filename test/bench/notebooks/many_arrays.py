"""Arrays by the ten thousand, each of them small."""

# %%
import numpy as np

rng = np.random.default_rng(1)
signals = [rng.normal(size=64) for _ in range(20_000)]
# %%
spectra = [np.abs(np.fft.rfft(s)) for s in signals]
# %%
peaks = [int(s.argmax()) for s in spectra]
# %%
normal = [(s - s.mean()) / s.std() for s in signals]
# %%
smooth = [np.convolve(s, np.ones(5) / 5, "same") for s in normal]
# %%
print(np.mean([s.max() for s in smooth]))
