#!/usr/bin/env node
import '../dist/bundle/lcad.js';
