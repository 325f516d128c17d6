import { expect, test } from 'vitest';
import { isSkippedFolder, skipByName } from '../../../src/workers/scan/default-skips.js';
import { changesRules } from '../../../src/workers/scan/ignore-list.js';
import { isSecretPath } from '../../../src/workers/scan/secrets.js';

test.each([
  '.env',
  '.env.local',
  '.env.production.local',
  'config/prod.env',
  '.ENV',
  '.envrc',
  'server.pem',
  'tls/Server.KEY',
  'store.jks',
  'release.keystore',
  'cert.p12',
  'cert.pfx',
  'home/.ssh/config',
  '.ssh/known_hosts',
  '.gnupg/pubring.kbx',
  'id_rsa',
  'id_ed25519',
  'keys/id_ecdsa_sk',
  'id_rsa.old',
  '.netrc',
  '.npmrc',
  'sub/.pypirc',
  '.pgpass',
  '.htpasswd',
  '.git-credentials',
  '.aws/credentials',
  '.aws/config',
  '.kube/config',
  '.docker/config.json',
  'kubeconfig',
  'credentials.json',
  'service-account.json',
  'my-service-account-prod.json',
  'client_secret_123.json',
  'secrets.yml',
  'config/secrets.production.yaml',
  'secrets.toml',
  'prod.tfvars',
  'terraform.tfstate',
  'terraform.tfstate.backup',
  'passwords.kdbx',
])('%s holds secrets', (path) => {
  expect(isSecretPath(path)).toBe(true);
});

test.each([
  '.env.example',
  '.env.sample',
  '.env.template',
  '.env.dist',
  'example.env',
  'prod.tfvars.example',
  'secrets.example.yml',
  'id_rsa.pub',
  'environment.ts',
  '.env.d.ts',
  'src/env.py',
  'src/key.ts',
  'secrets.ts',
  'secrets.py',
  'docs/secrets.md',
  'credentials.go',
  'credentials/store.go',
  'service_account.go',
  '.docker/Dockerfile',
  '.aws/task.json',
  'config',
  'keyboard.json',
  'tokenizer.json',
])('%s does not', (path) => {
  expect(isSecretPath(path)).toBe(false);
});

test('names tell binaries, lock files and source maps', () => {
  expect(skipByName('logo.png')).toBe('binary');
  expect(skipByName('lib.so')).toBe('binary');
  for (const name of [
    'package-lock.json',
    'cargo.lock',
    'go.sum',
    'app.js.map',
    'x.snap',
    'main.c~',
    'a.svg',
  ]) {
    expect(skipByName(name), name).toBe('default-skip');
  }
  for (const name of [
    'main.c',
    'makefile',
    'link.map',
    'package.json',
    'app.min.ts',
    'readme',
    '.gitignore',
  ]) {
    expect(skipByName(name), name).toBe(null);
  }
});

test('folders of tools are skipped, those that may hold source are not', () => {
  for (const name of ['node_modules', '__pycache__', '.svn', '.tox'])
    expect(isSkippedFolder(name)).toBe(true);
  for (const name of ['build', 'dist', 'target', 'vendor', 'bin', '.vscode', '.github']) {
    expect(isSkippedFolder(name), name).toBe(false);
  }
});

test('files that change the rules of a scan', () => {
  for (const path of [
    '.gitignore',
    'a/.gitignore',
    'a/b/.lcadignore',
    '.gitmodules',
    '/x/.git/info/exclude',
  ]) {
    expect(changesRules(path), path).toBe(true);
  }
  for (const path of ['a.gitignore', 'gitignore', '.gitignore/x', 'exclude']) {
    expect(changesRules(path), path).toBe(false);
  }
});
