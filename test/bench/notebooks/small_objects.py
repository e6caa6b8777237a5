"""Lists, dictionaries and small objects by the hundred thousand."""

# %%
import collections
import random

random.seed(1)
words = [f"word{random.randrange(5000)}" for _ in range(200_000)]
# %%
counts = collections.Counter(words)
print(counts.most_common(3))
# %%
records = [
    {"id": at, "word": word, "length": len(word), "score": random.random()}
    for at, word in enumerate(words[:60_000])
]
# %%
by_word = {}
for record in records:
    by_word.setdefault(record["word"], []).append(record)
# %%
averages = {word: sum(r["score"] for r in found) / len(found) for word, found in by_word.items()}
# %%
pairs = sorted(averages.items(), key=lambda pair: -pair[1])
print(pairs[:3])
# %%
for record in records:
    record["rank"] = record["score"] * averages[record["word"]]
# %%
best = max(records, key=lambda record: record["rank"])
print(best)
# %%
lengths = collections.Counter(record["length"] for record in records)
print(lengths)
# %%
grams = collections.Counter(tuple(words[at : at + 2]) for at in range(len(words)))
print(len(grams))
# %%
total = 0.0
for _ in range(5):
    for record in records:
        total += record["rank"] * record["score"]
print(total)
