"""Little data and cells that compute for long."""

# %%
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_score, train_test_split

rng = np.random.default_rng(1)
X = pd.DataFrame(rng.normal(size=(4000, 20)), columns=[f"x{at}" for at in range(20)])
y = (X["x0"] + X["x1"] * X["x2"] + rng.normal(size=4000) > 0).astype(int)
# %%
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
# %%
model = RandomForestClassifier(n_estimators=200, random_state=1)
model.fit(X_train, y_train)
# %%
print(roc_auc_score(y_test, model.predict_proba(X_test)[:, 1]))
# %%
scores = cross_val_score(RandomForestClassifier(n_estimators=60, random_state=1), X, y, cv=4)
print(scores.mean())
# %%
importances = pd.Series(model.feature_importances_, index=X.columns).sort_values()
print(importances.tail())
