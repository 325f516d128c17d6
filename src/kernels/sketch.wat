;; Scores of sketches, which have one bit a dimension, by tables of partial sums: four bits at a time are looked up, for
;; sixteen rows with one instruction (André, Kermarrec and Le Scouarnec, "Cache locality is not enough", VLDB 2015).
;;
;; Rows lie in blocks of 32. A block has 16 bytes for each group of four dimensions: the bits of rows 0 to 15 in the lower
;; halves of the bytes, of rows 16 to 31 in the upper halves. The number of groups is a multiple of 8, and no entry of a
;; table exceeds 31, so that the sum of eight fits into a byte.
(module
  (import "env" "memory" (memory 1))

  ;; out[i], 16 bits each, for the 32 rows of a block: the sum over all groups of the table's entry at the row's bits.
  (func $score (export "score") (param $tables i32) (param $groups i32) (param $block i32) (param $out i32)
    (local $part i32) (local $end i32) (local $bits v128) (local $entries v128) (local $low v128) (local $high v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local.set $end (i32.add (local.get $tables) (i32.shl (local.get $groups) (i32.const 4))))
    (loop $next_eight
      (local.set $low (v128.const i32x4 0 0 0 0))
      (local.set $high (v128.const i32x4 0 0 0 0))
      (local.set $part (i32.add (local.get $tables) (i32.const 128)))
      (loop $next_group
        (local.set $bits (v128.load (local.get $block)))
        (local.set $entries (v128.load (local.get $tables)))
        (local.set $low (i8x16.add (local.get $low)
          (i8x16.swizzle (local.get $entries)
            (v128.and (local.get $bits) (v128.const i32x4 0x0f0f0f0f 0x0f0f0f0f 0x0f0f0f0f 0x0f0f0f0f)))))
        (local.set $high (i8x16.add (local.get $high)
          (i8x16.swizzle (local.get $entries) (i8x16.shr_u (local.get $bits) (i32.const 4)))))
        (local.set $block (i32.add (local.get $block) (i32.const 16)))
        (local.set $tables (i32.add (local.get $tables) (i32.const 16)))
        (br_if $next_group (i32.lt_u (local.get $tables) (local.get $part))))
      (local.set $a (i16x8.add (local.get $a) (i16x8.extend_low_i8x16_u (local.get $low))))
      (local.set $b (i16x8.add (local.get $b) (i16x8.extend_high_i8x16_u (local.get $low))))
      (local.set $c (i16x8.add (local.get $c) (i16x8.extend_low_i8x16_u (local.get $high))))
      (local.set $d (i16x8.add (local.get $d) (i16x8.extend_high_i8x16_u (local.get $high))))
      (br_if $next_eight (i32.lt_u (local.get $tables) (local.get $end))))
    (v128.store (local.get $out) (local.get $a))
    (v128.store offset=16 (local.get $out) (local.get $b))
    (v128.store offset=32 (local.get $out) (local.get $c))
    (v128.store offset=48 (local.get $out) (local.get $d)))

  ;; One bit for each of eight scores that is at least $from and at most $to.
  (func $within (param $scores v128) (param $from v128) (param $to v128) (result i32)
    (i16x8.bitmask (v128.and
      (i16x8.ge_u (local.get $scores) (local.get $from))
      (i16x8.le_u (local.get $scores) (local.get $to)))))

  ;; Writes the numbers of the rows whose score is at least $from and at most $to, 32 bits each, in their order; $row is
  ;; that of the first row, $scratch has room for the scores of a block. Returns how many there are.
  (func (export "select")
    (param $tables i32) (param $groups i32) (param $block i32) (param $blocks i32) (param $from i32) (param $to i32)
    (param $row i32) (param $scratch i32) (param $out i32)
    (result i32)
    (local $start i32) (local $bits i32) (local $low v128) (local $high v128)
    (local.set $start (local.get $out))
    (local.set $low (i16x8.splat (local.get $from)))
    (local.set $high (i16x8.splat (local.get $to)))
    (block $done
      (loop $next_block
        (br_if $done (i32.eqz (local.get $blocks)))
        (call $score (local.get $tables) (local.get $groups) (local.get $block) (local.get $scratch))
        (local.set $bits
          (i32.or
            (i32.or
              (call $within (v128.load (local.get $scratch)) (local.get $low) (local.get $high))
              (i32.shl
                (call $within (v128.load offset=16 (local.get $scratch)) (local.get $low) (local.get $high))
                (i32.const 8)))
            (i32.or
              (i32.shl
                (call $within (v128.load offset=32 (local.get $scratch)) (local.get $low) (local.get $high))
                (i32.const 16))
              (i32.shl
                (call $within (v128.load offset=48 (local.get $scratch)) (local.get $low) (local.get $high))
                (i32.const 24)))))
        (block $none
          (loop $next_bit
            (br_if $none (i32.eqz (local.get $bits)))
            (i32.store (local.get $out) (i32.add (local.get $row) (i32.ctz (local.get $bits))))
            (local.set $out (i32.add (local.get $out) (i32.const 4)))
            (local.set $bits (i32.and (local.get $bits) (i32.sub (local.get $bits) (i32.const 1))))
            (br $next_bit)))
        (local.set $row (i32.add (local.get $row) (i32.const 32)))
        (local.set $block (i32.add (local.get $block) (i32.shl (local.get $groups) (i32.const 4))))
        (local.set $blocks (i32.sub (local.get $blocks) (i32.const 1)))
        (br $next_block)))
    (i32.shr_u (i32.sub (local.get $out) (local.get $start)) (i32.const 2))))
