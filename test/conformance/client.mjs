// Drives a FHIR server with fhir-kit-client: node client.mjs BASE. It ends with an error at the first wrong answer.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Client } from 'fhir-kit-client';

const client = new Client({ baseUrl: process.argv[2] });
let checks = 0;

const check = (actual, expected) => { assert.deepEqual(actual, expected); checks++; };
const http = (resource) => Client.httpFor(resource).response;

/** refuses sees that a call fails with a status and an OperationOutcome. */
async function refuses(status, call) {
  await assert.rejects(call, (error) => {
    assert.equal(error.response?.status, status, error.stack);
    assert.equal(error.response.data.resourceType, 'OperationOutcome');
    assert.ok(error.response.data.issue[0].diagnostics);
    return true;
  });
  checks++;
}

const person = () => ({
  resourceType: 'Patient',
  identifier: [{ system: 'urn:oid:2.16.156.10011.1.3', value: randomUUID() }],
  name: [{ text: '李晓明', family: '李', given: ['晓明'] }],
  gender: 'male',
  birthDate: '1984-05-06',
});

const reading = (subject) => ({
  resourceType: 'Observation', status: 'final', code: { text: '体温' }, subject: { reference: subject },
  valueQuantity: { value: 36.8, unit: 'Cel' },
});

const steps = {
  async capabilityStatement() {
    const statement = await client.capabilityStatement();
    check(statement.resourceType, 'CapabilityStatement');
    check(statement.fhirVersion, '4.0.1');
    check(statement.rest[0].resource.length, 146);
    for (const code of ['read', 'vread', 'update', 'patch', 'delete', 'history-instance', 'create']) {
      check(statement.rest[0].resource.every((r) => r.interaction.some((i) => i.code === code)), true);
    }
    const system = statement.rest[0].interaction.map((i) => i.code);
    check(['transaction', 'batch', 'history-system'].every((code) => system.includes(code)), true);
  },

  async create() {
    const sent = person();
    const made = await client.create({ resourceType: 'Patient', body: sent });
    check(http(made).status, 201);
    check(http(made).headers.get('location'), `${client.baseUrl}/Patient/${made.id}/_history/1`);
    check(http(made).headers.get('etag'), 'W/"1"');
    const { id, meta, ...rest } = made;
    check(rest, sent);
    check(meta.versionId, '1');
    const none = await client.create({ resourceType: 'Patient', body: sent, options: { headers: { Prefer: 'return=minimal' } } });
    check(none, {});
    await refuses(400, () => client.create({ resourceType: 'Patient', body: { resourceType: 'Observation' } }));
  },

  async read() {
    const made = await client.create({ resourceType: 'Patient', body: person() });
    const read = await client.read({ resourceType: 'Patient', id: made.id });
    check(read, made);
    check(await client.resolve({ reference: `Patient/${made.id}` }), made);
    check(await client.resolve({ reference: `${client.baseUrl}/Patient/${made.id}` }), made);
    await refuses(404, () => client.read({ resourceType: 'Patient', id: randomUUID() }));
    await refuses(404, () => client.read({ resourceType: 'Person1', id: '1' }));
    await refuses(406, () => client.read({ resourceType: 'Patient', id: made.id, options: { headers: { Accept: 'application/fhir+xml' } } }));
  },

  async update() {
    const id = randomUUID();
    const first = await client.update({ resourceType: 'Patient', id, body: { ...person(), id } });
    check(http(first).status, 201);
    const second = await client.update({ resourceType: 'Patient', id, body: { ...first, active: true } });
    check(http(second).status, 200);
    check([second.meta.versionId, second.active], ['2', true]);
    const stale = { headers: { 'If-Match': 'W/"1"' } };
    await refuses(412, () => client.update({ resourceType: 'Patient', id, body: first, options: stale }));
    await refuses(400, () => client.update({ resourceType: 'Patient', id: randomUUID(), body: first }));
    const { system, value } = first.identifier[0];
    const found = await client.update({
      resourceType: 'Patient', searchParams: { identifier: `${system}|${value}` }, body: { ...first, active: false },
    });
    check([found.id, found.meta.versionId, found.active], [id, '3', false]);
  },

  async vread() {
    const first = await client.create({ resourceType: 'Patient', body: person() });
    await client.update({ resourceType: 'Patient', id: first.id, body: { ...first, gender: 'female' } });
    check(await client.vread({ resourceType: 'Patient', id: first.id, version: '1' }), first);
    const second = await client.vread({ resourceType: 'Patient', id: first.id, version: '2' });
    check(second.gender, 'female');
    await refuses(404, () => client.vread({ resourceType: 'Patient', id: first.id, version: '3' }));
  },

  async patch() {
    const made = await client.create({ resourceType: 'Patient', body: person() });
    const changed = await client.patch({
      resourceType: 'Patient', id: made.id,
      jsonPatch: [
        { op: 'test', path: '/gender', value: 'male' },
        { op: 'replace', path: '/gender', value: 'unknown' },
        { op: 'add', path: '/name/0/given/-', value: '小明' },
      ],
    });
    check([changed.gender, changed.name[0].given, changed.meta.versionId], ['unknown', ['晓明', '小明'], '2']);
    await assert.rejects(() => client.patch({ resourceType: 'Patient', id: made.id, jsonPatch: [{ op: 'test', path: '/gender', value: 'male' }] }));
    check((await client.read({ resourceType: 'Patient', id: made.id })).meta.versionId, '2');
  },

  async delete() {
    const made = await client.create({ resourceType: 'Patient', body: person() });
    const done = await client.delete({ resourceType: 'Patient', id: made.id });
    check(http(done).status, 204);
    await refuses(410, () => client.read({ resourceType: 'Patient', id: made.id }));
    await client.delete({ resourceType: 'Patient', id: made.id });
    const again = await client.update({ resourceType: 'Patient', id: made.id, body: made });
    check([http(again).status, again.meta.versionId], [201, '3']);
  },

  async history() {
    const id = randomUUID();
    for (const active of [true, false, true]) {
      await client.update({ resourceType: 'Organization', id, body: { resourceType: 'Organization', id, active } });
    }
    await client.delete({ resourceType: 'Organization', id });
    const own = await client.history({ resourceType: 'Organization', id });
    check(own.type, 'history');
    check(own.entry.map((e) => e.request.method), ['DELETE', 'PUT', 'PUT', 'PUT']);
    check(own.entry.slice(1).map((e) => [e.resource.meta.versionId, e.resource.active]), [['3', true], ['2', false], ['1', true]]);
    const ofType = await client.history({ resourceType: 'Organization' });
    check(ofType.entry.filter((e) => e.fullUrl.endsWith(id)).length, 4);
    const all = await client.history();
    check(all.entry.length > 4, true);
    let page = await client.request(`Organization/${id}/_history?_count=3`);
    check(page.entry.length, 3);
    page = await client.nextPage({ bundle: page });
    check(page.entry.map((e) => e.resource.meta.versionId), ['1']);
    check(client.nextPage({ bundle: page }), undefined);
    await refuses(404, () => client.history({ resourceType: 'Organization', id: randomUUID() }));
  },

  async transaction() {
    const urn = `urn:uuid:${randomUUID()}`;
    const put = randomUUID();
    const answer = await client.transaction({
      body: {
        resourceType: 'Bundle', type: 'transaction',
        entry: [
          { request: { method: 'POST', url: 'Observation' }, resource: reading(urn) },
          { fullUrl: urn, request: { method: 'POST', url: 'Patient' }, resource: person() },
          { request: { method: 'PUT', url: `Organization/${put}` }, resource: { resourceType: 'Organization', id: put } },
        ],
      },
    });
    check(answer.type, 'transaction-response');
    check(answer.entry.map((e) => e.response.status.slice(0, 3)), ['201', '201', '201']);
    const [observation, patient] = answer.entry.map((e) => e.response.location.split('/_history/')[0]);
    const [resourceType, id] = observation.split('/');
    check((await client.read({ resourceType, id })).subject.reference, patient);
    await refuses(412, () => client.transaction({
      body: {
        resourceType: 'Bundle', type: 'transaction',
        entry: [
          { request: { method: 'PUT', url: `Organization/${put}` }, resource: { resourceType: 'Organization', id: put, active: true } },
          { request: { method: 'DELETE', url: patient, ifMatch: 'W/"9"' } },
        ],
      },
    }));
    check((await client.read({ resourceType: 'Organization', id: put })).active, undefined);
  },

  async batch() {
    const made = await client.create({ resourceType: 'Patient', body: person() });
    const answer = await client.batch({
      body: {
        resourceType: 'Bundle', type: 'batch',
        entry: [
          { request: { method: 'GET', url: `Patient/${made.id}` } },
          { request: { method: 'GET', url: `Patient/${randomUUID()}` } },
          { request: { method: 'POST', url: 'Observation' }, resource: reading(`Patient/${made.id}`) },
          { request: { method: 'DELETE', url: `Patient/${made.id}` } },
        ],
      },
    });
    check(answer.type, 'batch-response');
    check(answer.entry.map((e) => e.response.status.slice(0, 3)), ['200', '404', '201', '204']);
    check(answer.entry[0].resource, made);
    check(answer.entry[1].response.outcome.resourceType, 'OperationOutcome');
  },
};

for (const [name, step] of Object.entries(steps)) {
  try {
    await step();
  } catch (error) {
    console.error(`${name}: ${error.stack}`);
    process.exitCode = 1;
  }
}
console.log(`${Object.keys(steps).length} interactions, ${checks} checks`);
process.exit();
