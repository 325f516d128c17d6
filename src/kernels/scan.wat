;; Similarities of rows of signed bytes with one query of 16-bit numbers, by their dot product.
;;
;; Rows lie in blocks of four: the bytes of the first row, of the second, third and fourth, then four scales (f32).
;; `width`, the bytes of a row, is a multiple of 16. All addresses are multiples of 16. The query must be such that no
;; dot product leaves 32 bits.
(module
  (import "env" "memory" (memory 1))

  ;; out[i] = clamp(dot(row i, query) * scale of row i * unit, -1, 1) for the rows of `blocks` blocks.
  (func (export "scan")
    (param $query i32) (param $width i32) (param $block i32) (param $blocks i32) (param $out i32) (param $unit f32)
    (local $end i32) (local $a i32) (local $b i32) (local $c i32) (local $d i32) (local $q i32) (local $qend i32)
    (local $q0 v128) (local $q1 v128)
    (local $sa v128) (local $sb v128) (local $sc v128) (local $sd v128)
    (local.set $end (i32.add (local.get $out) (i32.shl (local.get $blocks) (i32.const 4))))
    (local.set $qend (i32.add (local.get $query) (i32.shl (local.get $width) (i32.const 1))))
    (local.set $a (local.get $block))
    (block $done
      (loop $next_block
        (br_if $done (i32.eq (local.get $out) (local.get $end)))
        (local.set $b (i32.add (local.get $a) (local.get $width)))
        (local.set $c (i32.add (local.get $b) (local.get $width)))
        (local.set $d (i32.add (local.get $c) (local.get $width)))
        (local.set $sa (v128.const i32x4 0 0 0 0))
        (local.set $sb (v128.const i32x4 0 0 0 0))
        (local.set $sc (v128.const i32x4 0 0 0 0))
        (local.set $sd (v128.const i32x4 0 0 0 0))
        (local.set $q (local.get $query))
        (loop $next_part
          (local.set $q0 (v128.load (local.get $q)))
          (local.set $q1 (v128.load offset=16 (local.get $q)))
          (local.set $sa (i32x4.add (local.get $sa)
            (i32x4.add
              (i32x4.dot_i16x8_s (v128.load8x8_s (local.get $a)) (local.get $q0))
              (i32x4.dot_i16x8_s (v128.load8x8_s offset=8 (local.get $a)) (local.get $q1)))))
          (local.set $sb (i32x4.add (local.get $sb)
            (i32x4.add
              (i32x4.dot_i16x8_s (v128.load8x8_s (local.get $b)) (local.get $q0))
              (i32x4.dot_i16x8_s (v128.load8x8_s offset=8 (local.get $b)) (local.get $q1)))))
          (local.set $sc (i32x4.add (local.get $sc)
            (i32x4.add
              (i32x4.dot_i16x8_s (v128.load8x8_s (local.get $c)) (local.get $q0))
              (i32x4.dot_i16x8_s (v128.load8x8_s offset=8 (local.get $c)) (local.get $q1)))))
          (local.set $sd (i32x4.add (local.get $sd)
            (i32x4.add
              (i32x4.dot_i16x8_s (v128.load8x8_s (local.get $d)) (local.get $q0))
              (i32x4.dot_i16x8_s (v128.load8x8_s offset=8 (local.get $d)) (local.get $q1)))))
          (local.set $a (i32.add (local.get $a) (i32.const 16)))
          (local.set $b (i32.add (local.get $b) (i32.const 16)))
          (local.set $c (i32.add (local.get $c) (i32.const 16)))
          (local.set $d (i32.add (local.get $d) (i32.const 16)))
          (local.set $q (i32.add (local.get $q) (i32.const 32)))
          (br_if $next_part (i32.lt_u (local.get $q) (local.get $qend))))
        ;; The four lanes of each sum, transposed and added: (a, b, c, d).
        (local.set $sa (i32x4.add
          (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $sa) (local.get $sb))
          (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $sa) (local.get $sb))))
        (local.set $sc (i32x4.add
          (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $sc) (local.get $sd))
          (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $sc) (local.get $sd))))
        (local.set $sa (i32x4.add
          (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $sa) (local.get $sc))
          (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $sa) (local.get $sc))))
        ;; $d is behind the fourth row now, where the scales are.
        (v128.store (local.get $out)
          (f32x4.min (v128.const f32x4 1 1 1 1)
            (f32x4.max (v128.const f32x4 -1 -1 -1 -1)
              (f32x4.mul
                (f32x4.mul (f32x4.convert_i32x4_s (local.get $sa)) (v128.load (local.get $d)))
                (f32x4.splat (local.get $unit))))))
        (local.set $a (i32.add (local.get $d) (i32.const 16)))
        (local.set $out (i32.add (local.get $out) (i32.const 16)))
        (br $next_block)))))
