import { expect, test } from 'vitest';
import { highlight } from '../../../src/client/output/highlight.js';

const mark = (line: string, ...terms: string[]) => highlight(line, new Set(terms), (text) => `<${text}>`);

test.each([
  ['return user.name', ['user'], 'return <user>.name'],
  ['getUserName()', ['user'], 'get<User>Name()'],
  ['getUserName()', ['getusername', 'user'], '<getUserName>()'],
  ['HTTP_retry_delay', ['retry', 'http'], '<HTTP>_<retry>_delay'],
  ['recluse users', ['user', 'us'], 'recluse <users>'],
  ['cached, caching, cacheable', ['cach'], '<cached>, <caching>, cacheable'],
  ['allURLs', ['url'], 'all<URLs>'],
  ['max_retries', ['maxretries'], '<max_retries>'],
  ['parseURL2Path', ['url', '2'], 'parse<URL>2Path'],
  ['nothing here', [], 'nothing here'],
])('%s with %j', (line, terms, shown) => expect(mark(line, ...terms)).toBe(shown));

test('keeps the text as it is but for the marks', () => {
  const line = 'const İstanbul = getUser(user_id) ?? "$user"; // USER';
  expect(mark(line, 'user', 'id').replace(/[<>]/g, '')).toBe(line.replace(/[<>]/g, ''));
});
