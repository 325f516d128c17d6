import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { protocolMarkdown } from '../../../src/protocol/markdown.js';
import { clientNotifications, requests, serverNotifications } from '../../../src/protocol/methods.js';
import { openRpcDocument } from '../../../src/protocol/openrpc.js';
import { errorCatalogue } from '../../../src/shared/errors.js';
import { packagePath } from '../../../src/shared/package-root.js';

const names = (methods: { name: string }[]) => methods.map(({ name }) => name);

test('every method and notification is in the document; only requests have a result', () => {
  const document = openRpcDocument();
  expect(names(document.methods)).toEqual([...Object.keys(requests), ...Object.keys(clientNotifications)]);
  expect(names(document.methods.filter(({ result }) => result))).toEqual(Object.keys(requests));
  expect(names(document['x-serverNotifications'])).toEqual(Object.keys(serverNotifications));
});

test('params are described by name, with what is required first to see', () => {
  const search = openRpcDocument().methods.find(({ name }) => name === 'lcad/search');
  expect(search?.paramStructure).toBe('by-name');
  expect(search?.params[0]).toEqual({
    name: 'query',
    required: true,
    description: expect.any(String),
    schema: { type: 'string', maxLength: 100_000 },
  });
  expect(search?.params.find(({ name }) => name === 'limit')).toMatchObject({
    required: false,
    schema: { type: 'integer', minimum: 1, maximum: 1000 },
  });
});

test('every reference in the document leads to a schema that is there', () => {
  const document = openRpcDocument();
  const references = JSON.stringify(document).match(/"\$ref":"[^"]*"/g) ?? [];
  expect(references.length).toBeGreaterThan(10);
  const known = Object.keys(document.components.schemas).map(
    (name) => `"$ref":"#/components/schemas/${name}"`,
  );
  expect(references.filter((reference) => !known.includes(reference))).toEqual([]);
  expect(document.components.schemas.Freshness?.properties?.generation).toMatchObject({
    type: 'integer',
    minimum: 0,
  });
});

test('the error catalogue is in the document, and no code is used twice', () => {
  const { errors } = openRpcDocument().components;
  expect(Object.keys(errors)).toEqual(Object.keys(errorCatalogue));
  expect(new Set(Object.values(errors).map(({ code }) => code)).size).toBe(
    Object.keys(errorCatalogue).length,
  );
});

test('PROTOCOL.md is what the schemas say (npm run docs:protocol writes it)', () => {
  expect(readFileSync(packagePath('PROTOCOL.md'), 'utf8')).toBe(protocolMarkdown());
});

test('every link in PROTOCOL.md leads to a heading', () => {
  const text = protocolMarkdown();
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading?.toLowerCase());
  const links = [...text.matchAll(/\]\(#([^)]*)\)/g)].map(([, target]) => target);
  expect(links.length).toBeGreaterThan(10);
  expect(links.filter((target) => !headings.includes(target))).toEqual([]);
});
