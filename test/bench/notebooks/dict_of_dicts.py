"""Ratings of many people, a dictionary each."""

# %%
import random

random.seed(1)
ratings = {
    f"u{u}": {f"m{random.randrange(2000)}": random.randrange(1, 6) for _ in range(30)}
    for u in range(8000)
}
# %%
movie = {}
for user, seen in ratings.items():
    for m, r in seen.items():
        movie.setdefault(m, []).append(r)
# %%
average = {m: sum(r) / len(r) for m, r in movie.items()}
# %%
centered = {u: {m: r - average[m] for m, r in seen.items()} for u, seen in ratings.items()}


# %%
def similar(a, b):
    common = centered[a].keys() & centered[b].keys()
    return sum(centered[a][m] * centered[b][m] for m in common)


users = list(ratings)
scores = {u: similar(users[0], u) for u in users}
# %%
pairs = [(a, b, similar(a, b)) for a in users[:40] for b in users[:3000]]
# %%
print(max(pairs, key=lambda p: p[2]))
