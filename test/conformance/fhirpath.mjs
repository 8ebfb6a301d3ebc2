// Evaluates FHIRPath with fhirpath.js: node fhirpath.mjs RESOURCES
//
// RESOURCES is a file of resources, one a line. What is asked stands on the standard input, one question a line:
//
//   [0, "Patient.name.given"]   an expression for the first resource
//
// and each gets a line of JSON in turn: {items: [{type, text, unit}, …]}, where text is a string, or JSON for an
// object; or {error: "why"}.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import fhirpath from 'fhirpath';
import model from 'fhirpath/fhir-context/r4/index.js';

console.error = console.warn = console.info = () => {}; // it talks about calls that it does not like
const resources = readFileSync(process.argv[2], 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));
const options = { resolveInternalTypes: false, preciseMath: true, keepDecimalTypes: true, traceFn: () => {} };

/** variables are those that R4 defines for every evaluation. */
const variables = {
  sct: 'http://snomed.info/sct', loinc: 'http://loinc.org', ucum: 'http://unitsofmeasure.org',
  'vs-x': 'http://hl7.org/fhir/ValueSet/x',
};

/** text writes a value that is no object; null is a primitive that has only extensions. */
function text(value) {
  if (value === null || value === undefined) {
    return '';
  }
  return typeof value === 'string' ? value : value.asStr ?? JSON.stringify(value, (_, v) => v?.asStr ?? v);
}

function item(value, type) {
  if (type === 'System.Quantity' && value?.unit !== undefined) {
    return { type, text: text(value.value), unit: value.unit };
  }
  const data = value?.parentResNode !== undefined ? value.data : value; // an element, or a computed value
  if (type === 'System.Object' && data?.namespace && data?.name) { // what type() gives
    return { type: 'System.SimpleTypeInfo', text: `${data.namespace}.${data.name}` };
  }
  return { type, text: text(data), bare: data === null || data === undefined };
}

function answer([place, expression]) {
  try {
    const resource = structuredClone(resources[place]); // it adds to what it is given
    const environment = { ...variables, resource, rootResource: resource };
    const found = fhirpath.evaluate(resource, expression, environment, model, options);
    const types = fhirpath.types(found);
    return { items: found.map((value, i) => item(value, types[i])) };
  } catch (error) {
    return { error: error.message || String(error) };
  }
}

for await (const question of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(answer(JSON.parse(question))));
}
