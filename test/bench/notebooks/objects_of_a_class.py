"""A hundred thousand objects of a class of the notebook."""

# %%
import dataclasses, random

random.seed(1)


@dataclasses.dataclass
class Order:
    number: int
    customer: str
    amount: float
    paid: bool = False


orders = [Order(i, f"c{random.randrange(5000)}", random.random() * 100) for i in range(100_000)]
# %%
totals = {}
for o in orders:
    totals[o.customer] = totals.get(o.customer, 0) + o.amount
# %%
for o in orders:
    o.paid = o.amount > 50
# %%
paid = [o for o in orders if o.paid]
print(len(paid))
# %%
best = sorted(orders, key=lambda o: -o.amount)[:10]
print(best[0])
# %%
mean = sum(o.amount for o in orders) / len(orders)
# %%
by = {}
for o in orders:
    by.setdefault(o.customer, []).append(o.number)
# %%
print(max(len(v) for v in by.values()))
