import { describe, expect, it } from 'vitest';
import { languageTable } from '../../../src/workers/language-table.js';
import { detectLanguage, languageIds, languageOf, resolveLanguage } from '../../../src/workers/languages.js';

const detect = (path: string, head = '') => detectLanguage(path, Buffer.from(head));

describe('detecting the language of a file', () => {
  it.each([
    ['src/main.ts', 'typescript'],
    ['src/App.TSX', 'tsx'],
    ['a.mjs', 'javascript'],
    ['a.jsx', 'javascript'],
    ['types.d.mts', 'typescript'],
    ['x/y.py', 'python'],
    ['x.rs', 'rust'],
    ['X.cs', 'csharp'],
    ['x.cc', 'cpp'],
    ['x.hpp', 'cpp'],
    ['build.gradle.kts', 'kotlin'],
    ['Cargo.toml', 'toml'],
    ['Cargo.lock', 'toml'],
    ['README.md', 'markdown'],
    ['docs/index.rst', 'rst'],
    ['.editorconfig', 'ini'],
    ['lib/tool.service', 'ini'],
    ['Makefile', 'makefile'],
    ['Makefile.am', 'makefile'],
    ['Dockerfile', 'dockerfile'],
    ['Dockerfile.dev', 'dockerfile'],
    ['Gemfile', 'ruby'],
    ['.bashrc', 'bash'],
    ['config.h.in', 'c'],
    ['deploy.yaml.j2', 'yaml'],
    ['index.html.erb', 'html'],
    ['notes', 'text'],
    ['.gitignore', 'text'],
    ['archive.unknown', 'text'],
    ['trailing.', 'text'],
  ])('%s is %s by its name', (path, language) => {
    expect(detect(path)).toBe(language);
  });

  it.each([
    ['#!/bin/sh\n', 'bash'],
    ['#! /usr/bin/env python3.11\n', 'python'],
    ['#!/usr/bin/env -S FLAG=1 node --harmony\n', 'javascript'],
    ['#!/usr/local/bin/perl5.36 -w\r\nprint 1', 'perl'],
    ['#!/opt/own/interpreter\n', 'text'],
    ['#!', 'text'],
    ['<?xml version="1.0"?>', 'xml'],
    ['<!DOCTYPE HTML>', 'html'],
    ['<?php echo 1;', 'php'],
    ['', 'text'],
  ])('a file without an extension that begins with %j is %s', (head, language) => {
    expect(detect('bin/tool', head)).toBe(language);
  });

  it.each([
    ['#include <stdio.h>\nint f(void);\n', 'c'],
    ['/* a class of its own; namespace */\nstruct x;\n', 'c'],
    ['#ifdef __cplusplus\nextern "C" {\n#endif\nint f(void);\n', 'c'],
    ['#include <string>\n', 'cpp'],
    ['namespace a {\n', 'cpp'],
    ['template <typename T>\nT f();\n', 'cpp'],
    ['class A {\n public:\n  A();\n};\n', 'cpp'],
    ['inline std::size_t f();\n', 'cpp'],
  ])('a header with %j is %s', (head, language) => {
    expect(detect('x.h', head)).toBe(language);
  });

  it('takes a .ts file that is XML for XML', () => {
    expect(detect('i18n/de.ts', '<?xml version="1.0"?><TS/>')).toBe('xml');
  });
});

describe('names of languages', () => {
  it.each([
    ['ts', 'typescript'],
    ['TypeScript', 'typescript'],
    [' py ', 'python'],
    ['c++', 'cpp'],
    ['C#', 'csharp'],
    ['sh', 'bash'],
    ['golang', 'go'],
    ['.rs', 'rust'],
    ['md', 'markdown'],
    ['reStructuredText', 'rst'],
    ['txt', 'text'],
  ])('%j means %s', (name, id) => {
    expect(resolveLanguage(name)).toBe(id);
  });

  it('knows no others', () => {
    expect(resolveLanguage('klingon')).toBeUndefined();
    expect(resolveLanguage('')).toBeUndefined();
  });

  it('has one language for each id, file name, extension and alias', () => {
    const { length } = languageTable;
    expect(new Set(languageIds).size).toBe(length);
    for (const part of ['extensions', 'files', 'aliases', 'interpreters'] as const) {
      const all = languageTable.flatMap((language) => language[part]);
      expect(all.filter((name, index) => all.indexOf(name) !== index)).toEqual([]);
    }
    for (const id of languageIds) expect(resolveLanguage(id)).toBe(id);
    expect(languageOf('gone').id).toBe('text');
  });
});
