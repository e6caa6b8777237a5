import { type LibraryEffects } from "./effect.ts";

export const numpyEffects: LibraryEffects = {
  functions: {},
  classes: {},
  methods: {},
  attributes: {},
  bases: {},
  synonyms: {},
  settings: {},
  dynamic: {},
  transparentContexts: [],
  iteratorTypes: [],
};
