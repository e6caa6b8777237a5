import { type LibraryEffects } from "./effect.ts";

export const standardLibraryEffects: LibraryEffects = {
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
