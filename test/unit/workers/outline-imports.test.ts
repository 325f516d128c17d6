import { describe, expect, it } from 'vitest';
import { imports, outlined } from '../../support/outlines.js';

const cases: Record<string, [text: string, expected: string[]][]> = {
  typescript: [
    ["import d, { type A, b as c, default as e } from './x.js';", ['static ./x.js default=e {A, b as c}']],
    [
      "import type { T } from 't';\nimport type from './type';",
      ['static t {T}', 'static ./type default=type'],
    ],
    [
      "import * as ns from '../ns';\nimport 'side';\nimport {} from 'none';",
      ['static ../ns namespace=ns', 'static side', 'static none'],
    ],
    ["import d, * as ns from 'x' with { type: 'json' };", ['static x default=d namespace=ns']],
    [
      "import x = require('y');\nimport Al = ns.Inner;",
      ['require y namespace=x', 'use ns.Inner namespace=Al'],
    ],
    [
      "export { p, q as r } from './re';\nexport * from 'all';\nexport * as g from 'g';\nexport type { T } from 't';",
      ['reexport ./re {p, q as r}', 'reexport all *', 'reexport g namespace=g', 'reexport t {T}'],
    ],
    [
      "const x = await import('./lazy');\nimport('./plain').then((m) => m.run());\nimport(name);",
      ['dynamic ./lazy namespace=x', 'dynamic ./plain'],
    ],
    ["import {\n  a, // one\n  /* two */ b,\n} from 'c';", ['static c {a, b}']],
  ],
  javascript: [
    [
      "const a = require('a');\nconst { b, c: d, e = 1 } = require('f');\nrequire('g')();\nrequire(h);",
      ['require a namespace=a', 'require f {b, c as d, e}', 'require g'],
    ],
    [
      "const x = require('x').y;\nfunction f() { const z = require('./z'); }",
      ['require x', 'require ./z namespace=z'],
    ],
  ],
  python: [
    [
      'import os.path as p, sys\nimport a.b',
      ['static os.path namespace=p', 'static sys namespace=sys', 'static a.b namespace=a.b'],
    ],
    [
      'from ..a.b import (c as d,  # note\n   e)\nfrom . import *',
      ['static ..a.b {c as d, e}', 'static . *'],
    ],
    [
      'def f():\n    from .x import \\\n        y\ntry:\n    import z\nexcept ImportError: pass',
      ['static .x {y}', 'static z namespace=z'],
    ],
    ['from __future__ import annotations', ['static __future__ {annotations}']],
  ],
  go: [
    [
      'package p\nimport "fmt"\nimport (\n  m "github.com/gorilla/mux/v2"\n  . "testing"\n  _ "net/http/pprof"\n  "gopkg.in/yaml.v3"\n  "a/go-b"\n  "a/c/v3"\n)',
      [
        'static fmt namespace=fmt',
        'static github.com/gorilla/mux/v2 namespace=m',
        'static testing *',
        'static net/http/pprof',
        'static gopkg.in/yaml.v3 namespace=yaml',
        'static a/go-b namespace=b',
        'static a/c/v3 namespace=c',
      ],
    ],
  ],
  rust: [
    [
      'use std::{fmt, collections::{HashMap as Map, hash_map::*}, io::{self, Read as _}};',
      [
        'use std {fmt}',
        'use std::collections {HashMap as Map}',
        'use std::collections::hash_map *',
        'use std::io {Read as _} namespace=io',
      ],
    ],
    [
      'pub use crate::a::B;\npub(crate) use self::c::d as e;',
      ['reexport crate::a {B}', 'reexport self::c {d as e}'],
    ],
    ['pub mod foo;\nmod bar;\nmod inline { use super::*; }', ['include foo', 'include bar', 'use super *']],
    ['extern crate serde as s;\nuse anyhow;', ['use serde namespace=s', 'use anyhow namespace=anyhow']],
  ],
  java: [
    [
      'import static org.junit.Assert.*;\nimport static a.B.c;\nimport java.util.Map.Entry;\nimport java.io.*;',
      ['static org.junit.Assert *', 'static a.B {c}', 'static java.util.Map {Entry}', 'static java.io *'],
    ],
  ],
  c: [['#include <a/b.h>\n#  include "c.h" /* why */\n#include MACRO\n', ['include <a/b.h>', 'include c.h']]],
  cpp: [
    [
      '#include <vector>\nusing namespace std::chrono;\nusing a::b;\nusing C = d::E;',
      ['include <vector>', 'use std::chrono *', 'use a {b}'],
    ],
  ],
  csharp: [
    [
      'using System;\nusing static A.B;\nusing X = C.D;',
      ['use System *', 'use A.B *', 'use C.D namespace=X'],
    ],
  ],
  php: [
    [
      "<?php\nuse C\\D; use E\\F as G;\nuse H\\{I, J as K};\nuse function L\\m;\nrequire_once __DIR__ . '/x.php';\ninclude 'y.php';",
      [
        'use C {D}',
        'use E {F as G}',
        'use H {I}',
        'use H {J as K}',
        'use L {m}',
        'include ./x.php',
        'include y.php',
      ],
    ],
  ],
  ruby: [
    [
      "require 'json'\nrequire_relative '../a/b'\nrequire_relative 'c'\nautoload :Foo, 'foo'",
      ['require json *', 'require ../a/b *', 'require ./c *', 'require foo *'],
    ],
  ],
  kotlin: [['import a.B\nimport c.D as E\nimport f.*', ['static a {B}', 'static c {D as E}', 'static f *']]],
  scala: [
    [
      'import c.{E, F => G, _}\nimport c.d.*\nimport x.Y, z.{h as i}',
      ['static c {E, F as G} *', 'static c.d *', 'static x {Y}', 'static z {h as i}'],
    ],
  ],
  swift: [['import Foundation\n@testable import struct A.B', ['static Foundation *', 'static A {B}']]],
  lua: [["local a = require('x.y')\nrequire 'z'", ['require x.y namespace=a', 'require z']]],
  elixir: [
    [
      'defmodule A do\n  alias C.{E, F}\n  alias G.H, as: I\n  import Enum, only: [map: 2]\n  use J\n  require K\nend',
      [
        'use C.E namespace=E',
        'use C.F namespace=F',
        'use G.H namespace=I',
        'use Enum {map} namespace=Enum',
        'use J namespace=J *',
        'require K namespace=K',
      ],
    ],
  ],
  haskell: [
    [
      'module A where\nimport Data.List\nimport qualified Data.Map as M\nimport C.D (e, F(..))\nimport G hiding (h)\n',
      ['static Data.List *', 'static Data.Map namespace=M', 'static C.D {e, F}', 'static G *'],
    ],
  ],
  zig: [
    [
      'const std = @import("std");\nconst B = @import("foo.zig").Bar;',
      ['static std namespace=std', 'static foo.zig {Bar as B}'],
    ],
  ],
  bash: [['source ./a.sh\n. "$DIR/b.sh"\necho x', ['include ./a.sh *', 'include $DIR/b.sh *']]],
  dart: [
    [
      "import 'package:x/y.dart' as p show A, B hide C;\nexport 'e.dart';\npart 'g.dart';",
      ['static package:x/y.dart {A, B} namespace=p', 'reexport e.dart *', 'include g.dart *'],
    ],
  ],
  elm: [
    [
      'module A exposing (..)\nimport C.D as E exposing (g, H(..))\nimport I exposing (..)\n',
      ['static C.D {g, H} namespace=E', 'static I namespace=I *'],
    ],
  ],
  gleam: [
    [
      'import a/b\nimport c/d.{e, type F, G as H} as i\n',
      ['static a/b namespace=b', 'static c/d {e, F, G as H} namespace=i'],
    ],
  ],
  clojure: [
    [
      "(ns a.b (:require [c.d :as e :refer [f g]] [h.i] j.k) (:import (java.util Date) java.io.File) (:use l.m))\n(require '[n.o :as p])",
      [
        'use c.d {f, g} namespace=e',
        'use h.i namespace=h.i',
        'use j.k namespace=j.k',
        'use java.util {Date}',
        'use java.io {File}',
        'use l.m namespace=l.m *',
        'use n.o namespace=p',
      ],
    ],
  ],
  perl: [
    [
      "use strict;\nuse C::D qw(e f);\nuse parent 'G::H';\nrequire J::K;",
      ['use C::D {e, f}', 'use G::H', 'require J::K'],
    ],
  ],
  r: [['library(dplyr)\nrequire("x")\nsource("a.R")', ['use dplyr *', 'use x *', 'include a.R *']]],
  gdscript: [
    [
      'extends "res://b.gd"\nconst C = preload("res://c.gd")\n',
      ['include res://b.gd', 'require res://c.gd namespace=C'],
    ],
  ],
  nix: [['{ a = import ./b.nix; c = callPackage ../d { }; }', ['static ./b.nix', 'static ../d']]],
  hcl: [['module "m" {\n  source = "./n"\n  x = "y"\n}\n', ['static ./n']]],
  scss: [
    [
      "@use 'a/b';\n@import 'd', 'e';\n@forward 'f';",
      ['use a/b namespace=b', 'static d *', 'static e *', 'reexport f *'],
    ],
  ],
  css: [['@import url("a.css");\n@import "b.css";', ['static a.css *', 'static b.css *']]],
  html: [
    [
      '<link rel="stylesheet" href="b.css"><script src="a.js"></script>\n<script>\nimport x from \'./y\';\nfoo();\n</script>',
      ['include b.css', 'include a.js', 'static ./y default=x'],
    ],
  ],
  vue: [
    [
      "<script setup>\nimport { ref } from 'vue'\nimport A from './A.vue'\n</script>",
      ['static vue {ref}', 'static ./A.vue default=A'],
    ],
  ],
  latex: [['\\input{a}\n\\usepackage[x]{b,c}', ['include a *', 'use b *', 'use c *']]],
};

describe('imports', () => {
  for (const [language, texts] of Object.entries(cases)) {
    it.each(texts)(`of ${language}: %j`, async (text, expected) => {
      expect(await imports(language, text)).toEqual(expected);
    });
  }

  it('have the line of their statement', async () => {
    const { imports: found } = await outlined('go', 'package p\n\nimport (\n\t"a"\n\n\t"b"\n)\n');
    expect(found.map(({ specifier, line }) => [specifier, line])).toEqual([
      ['a', 4],
      ['b', 6],
    ]);
  });

  it('of a script in markup have their own line', async () => {
    const { imports: found } = await outlined(
      'svelte',
      "<p/>\n<script>\n\n  import a from './a';\n</script>\n",
    );
    expect(found.map(({ specifier, line }) => [specifier, line])).toEqual([['./a', 4]]);
  });

  it('are references to the names that they bring in', async () => {
    const { references } = await outlined('typescript', "import { a as b } from './a';\nb();\n");
    expect(references.map(({ kind, name, line, column }) => [kind, name, line, column])).toEqual([
      ['import', 'a', 1, 9],
      ['call', 'b', 2, 0],
    ]);
  });

  it.each(['import', 'import {', 'import { a', 'export * from', "const x = require('", 'import("'])(
    'that are cut short (%s) do no harm',
    async (text) => {
      expect(await imports('typescript', text)).toEqual([]);
    },
  );
});
