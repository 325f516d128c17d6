#!/usr/bin/env node
import '../dist/bundle/lcadd.js';
