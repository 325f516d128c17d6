import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGuards } from '../../../src/daemon/guard/guards.js';
import { cutAt, guardConfig, guarded, quietLog } from './support.js';

const { open } = createGuards(() => guardConfig, { log: quietLog });

// Put together here, so that no scanner takes this file for a leak.
const base62 = 'wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUxR2d2';
const pem = `MIIEowIBAAKCAQEAx1${'vN3kQpZ7sYbT2mWfLr8DgHcJ4eXaUoV6'.repeat(12)}`;
const keyLines = pem.match(/.{1,64}/g)?.join('\n') ?? '';

/** A text and its secret; what stands before the secret in `known` is public. */
const secrets: Record<string, { text: (secret: string) => string; secret: string; known?: string }> = {
  'a GitHub token': { text: (s) => `const token = "${s}";\n`, secret: base62.slice(0, 36), known: 'ghp_' },
  'a GitHub token that is not a value': {
    text: (s) => `run it with ${s} and go on\n`,
    secret: base62.slice(0, 36),
    known: 'ghp_',
  },
  'an npm token': {
    text: (s) => `//registry/:_authToken=${s}\n`,
    secret: base62.slice(0, 36),
    known: 'npm_',
  },
  'a Slack token': {
    text: (s) => `slack: ${s}\n`,
    secret: '123456789012-abcdefABCDEF0123456789ab',
    known: 'xoxb-',
  },
  'an OpenAI key': {
    text: (s) => `OPENAI_API_KEY=${s}\n`,
    secret: `${base62.slice(0, 20)}T3BlbkFJ${base62.slice(5, 25)}`,
    known: 'sk-',
  },
  'an AWS secret key': { text: (s) => `aws_secret_access_key = ${s}\n`, secret: base62 },
  'an AWS secret key on the next line': {
    text: (s) => `AWS_SECRET_ACCESS_KEY =\n  "${s}"\n`,
    secret: base62,
  },
  'an address with a password': {
    text: (s) => `see https://deploy:${s}@git.acme-corp.io/a.git now\n`,
    secret: 'hunter22Xy',
  },
  'a database with a password': {
    text: (s) => `DATABASE_URL=postgres://app:${s}@db.acme-corp.io:5432/app\n`,
    secret: 'p4ss.w0rd!x"y',
  },
  'a webhook': {
    text: (s) => `curl https://hooks.slack.com/services/${s} -d x\n`,
    secret: 'T0123ABCD/B0123ABCD/abcdefABCDEF012345678901',
  },
  'a private key': {
    text: (s) => `-----BEGIN RSA PRIVATE KEY-----\n${s}\n-----END RSA PRIVATE KEY-----\n`,
    secret: keyLines,
  },
  'a private key in JSON': {
    text: (s) => `{"private_key": "-----BEGIN PRIVATE KEY-----\\n${s}\\n-----END PRIVATE KEY-----"}`,
    secret: pem,
  },
  'a password by its randomness': { text: (s) => `password: '${s}'`, secret: 'q7Zp2Kx9Vt4Lm8Rw' },
  'a bearer token': { text: (s) => `-H "Authorization: Bearer ${s}"`, secret: `${base62}.${base62}` },
  'a hexadecimal key': { text: (s) => `api_key = "${s}"`, secret: '9f86d081884c7d659a2feaa0c55ad015' },
  'random text in quotes': { text: (s) => `f("${s}")`, secret: 'kX9vQ2mZr7TbWf4LsHc8DgJ1eYaUoV6pNiB3' },
};

/** How often the character occurs that occurs most. */
function mostRepeated(text: string): number {
  return Math.max(...[...text].map((one) => text.split(one).length - 1));
}

describe('secrets in an answer', () => {
  for (const [name, { text, secret, known = '' }] of Object.entries(secrets)) {
    it(`stops before ${name}, however it is cut`, async () => {
      const before = 'Here is what you asked for:\n\n```\n';
      const whole = before + text(known + secret) + 'and that is all.\n'.repeat(3);
      const start = whole.indexOf(secret);
      const once = await guarded(open, [whole]);
      expect(once.stop?.kind).toBe('OUTPUT_STOPPED');
      expect(once.stop?.details).toMatchObject({ reason: 'secret', rule: expect.any(String) });
      expect(JSON.stringify([once.stop?.message, once.stop?.data])).not.toContain(secret.slice(4, 12));
      expect(whole.startsWith(once.shown)).toBe(true);
      expect(once.shown.length).toBeLessThanOrEqual(start);
      expect(once.shown.startsWith(before)).toBe(true);
      const letters = await guarded(open, [...whole]);
      expect(letters).toEqual(once);
      const places = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 40 });
      await fc.assert(
        fc.asyncProperty(places, async (at) => {
          expect(await guarded(open, cutAt(whole, at))).toEqual(once);
        }),
        { numRuns: 40 },
      );
    });
  }

  it('finds a secret that the answer ends with', async () => {
    const { shown, stop } = await guarded(open, [
      'token: ',
      'ghp_',
      base62.slice(0, 20),
      base62.slice(20, 36),
    ]);
    expect(shown).toBe('token: ');
    expect(stop?.details).toMatchObject({ reason: 'secret' });
  });

  it('gives what stands before a secret in the same piece, and then the error, again and again', async () => {
    const guard = open();
    expect(await guard?.push(`a b ghp_${base62.slice(0, 36)} c`)).toBe('a b ghp_');
    expect(() => guard?.push('more')).toThrow(/before a key, token or password/);
    expect(() => guard?.end()).toThrow(/before a key, token or password/);
  });

  it('finds a secret after a long answer, and behind a long run of letters', async () => {
    const lines = Array.from(
      { length: 2000 },
      (_, n) => `  const row${n} = table["name ${n}"] ?? ${n};\n`,
    ).join('');
    for (const before of [lines, `${'x'.repeat(20_000)} `, `"${'abc1'.repeat(5000)}" `]) {
      const whole = `${before}ghp_${base62.slice(0, 36)}\n`;
      const once = await guarded(open, [whole]);
      expect(once.stop).not.toBeNull();
      expect(once.shown).toBe(`${before}ghp_`);
      for (const length of [1, 7, 1000, 9001]) {
        const pieces = Array.from({ length: Math.ceil(whole.length / length) }, (_, n) =>
          whole.slice(n * length, (n + 1) * length),
        );
        expect(await guarded(open, pieces)).toEqual(once);
      }
    }
  });

  it('finds several kinds at every place of a text, and shows any other text whole', async () => {
    const words = fc.constantFrom(
      'a ',
      'const ',
      '"',
      "'",
      '= ',
      'http',
      '://',
      'token',
      ': ',
      '-----',
      '\n',
      'x@y',
      'SG.',
      '/',
    );
    const texts = fc.array(fc.oneof(words, fc.string({ maxLength: 12 })), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(texts, async (pieces) => {
        const whole = pieces.join('');
        const once = await guarded(open, [whole]);
        expect(await guarded(open, pieces)).toEqual(once);
        expect(await guarded(open, [...whole])).toEqual(once);
        if (!once.stop) expect(once.shown).toBe(whole);
      }),
      { numRuns: 300 },
    );
  });

  it('shows no character of random secrets among clean text, wherever they stand and are cut', async () => {
    const letters = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'];
    const base = fc
      .array(fc.constantFrom(...letters), { minLength: 36, maxLength: 36 })
      .map((list) => list.join(''))
      // As good as every random one is like this; what is made here has more repetitions.
      .filter(
        (text) => /\d.*\d/.test(text) && (text.match(/[a-z]\d|\d[a-zA-Z]|[a-z][A-Z]/g)?.length ?? 0) > 9,
      )
      .filter((text) => !/test|fake|mock|xxxx|dummy|sample/i.test(text))
      .filter((text) => mostRepeated(text) <= 4 && mostRepeated(text.slice(0, 20)) <= 3)
      .filter((text) => new Set(text).size >= 20 && new Set(text.slice(0, 20)).size >= 14);
    const clean = fc.array(
      fc.constantFrom(
        'const a = b(c);\n',
        'Größe: 7 🙂, ',
        '`name` ',
        'see https://x.org/y ',
        "it's ",
        '\n\n',
        'key: [',
        '"',
      ),
      { maxLength: 12 },
    );
    const forms = fc.constantFrom(
      (secret: string): [string, string] => ['"token": "', secret],
      (secret: string): [string, string] => ["password = '", `${secret.slice(0, 20)}4x`],
      (secret: string): [string, string] => [' ghp_', secret],
      (secret: string): [string, string] => ['Authorization: Bearer ', secret],
      (secret: string): [string, string] => ['postgres://app:', `${secret}@db.acme-corp.io/app`],
    );
    const places = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(clean, clean, base, forms, places, async (before, after, random, form, at) => {
        const [opening, secret] = form(random);
        const lead = `${before.join('')}\n${opening}`;
        const { shown, stop } = await guarded(open, cutAt(`${lead}${secret} ${after.join('')}`, at));
        expect(stop?.kind).toBe('OUTPUT_STOPPED');
        expect(lead.startsWith(shown)).toBe(true);
        // All that stands on the lines before has been shown.
        expect(shown.length).toBeGreaterThanOrEqual(before.join('').length);
        const harmless = `${before.join('')}${after.join('')}`;
        expect(await guarded(open, cutAt(harmless, at))).toEqual({ shown: harmless, stop: null });
      }),
      { numRuns: 150 },
    );
  });

  it('finds a token behind what only began as a private key', async () => {
    const lead = '-----BEGIN PRIVATE KEY-----\nghp';
    const { shown, stop } = await guarded(open, [`${lead}_${base62.slice(0, 36)}\n`]);
    expect(stop?.details).toMatchObject({ reason: 'secret' });
    expect(shown).toBe(`${lead}_`);
  });

  it('is not switched off by a comment in the answer', async () => {
    const text = `# secretlint-disable\ntoken = "ghp_${base62.slice(0, 36)}"\n`;
    expect((await guarded(open, [text])).stop).not.toBeNull();
  });
});

describe('what is no secret', () => {
  const harmless = {
    'a hash': 'sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"\n',
    'a UUID': 'const id = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";\n',
    'an integrity hash':
      '"integrity": "sha512-0Rs2nhBJnY2lwcRvKuJp1kVhSX3qvcWzbXk3hX0CyV1wA1Q9OqIVFbOkZ0mAaYg=="\n',
    'an image': 'src="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4"\n',
    'long names': 'const key = "createInferenceParts2ForAllClients"; token: newRefreshTokenProvider2()\n',
    'an alphabet': "const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';\n",
    'an example': 'postgres://postgres:postgres@localhost:5432/app https://user:password@example.com/\n',
    'a stand-in for a password': 'mongodb://uuuu:pwpw@hostname.dom/db postgres://app:xxxx@db.acme.io/app\n',
    "the key of Azure's emulator":
      'AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;\n',
    'a placeholder': '-----BEGIN PRIVATE KEY-----\n<your key>\n-----END PRIVATE KEY-----\n',
    'a public key': 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0uYk3qv8c2m1Pz6rTnW5xLh7dQbS9fGa4eVoXiUjKy me\n',
    'a name of a variable':
      'api_key = os.environ["OPENAI_API_KEY_2"]\nconst token = process.env.GH_TOKEN_V2;\n',
    addresses: 'http://localhost:8080/a?b=c#d https://github.com/a/b/blob/main/c.ts git@github.com:a/b.git\n',
  };
  for (const [name, text] of Object.entries(harmless)) {
    it(`lets ${name} through`, async () => {
      expect(await guarded(open, [...text])).toEqual({ shown: text, stop: null });
    });
  }

  it('lets any text through unchanged and at once when nothing in it is kept back', async () => {
    const guard = open();
    for (const piece of [
      'Use ',
      'the ',
      'map',
      ' function',
      ':\n',
      'const a = b.map((one) => one',
      ' + 1);\n',
      'Done.',
    ])
      expect(await guard?.push(piece)).toBe(piece);
    expect(await guard?.end()).toBe('');
  });

  it('lets the code of this project through', async () => {
    const folder = join(import.meta.dirname, '../../../src/daemon');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.ts'),
    );
    expect(files.length).toBeGreaterThan(100);
    for (const file of files) {
      const text = readFileSync(join(folder, file), 'utf8');
      const pieces = text.match(/[\s\S]{1,7}/g) ?? [];
      expect({ file, ...(await guarded(open, pieces)) }).toEqual({ file, shown: text, stop: null });
    }
  });

  it('looks for nothing when it is switched off', () => {
    const off = createGuards(() => ({ ...guardConfig, secrets: false }), { log: quietLog });
    expect(off.open()).toBeNull();
  });
});
