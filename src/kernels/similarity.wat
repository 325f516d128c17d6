;; Similarities of rows of signed bytes with one query of 16-bit numbers, by their dot product.
;;
;; A row is its bytes and a scale (f32) behind them. `width`, the bytes of a row, is a multiple of 16. The query must be
;; such that no dot product leaves 32 bits.
(module
  (import "env" "memory" (memory 1))

  ;; out[i] = clamp(dot(row list[i], query) * scale of the row * unit, -1, 1) for `count` rows of the list.
  (func (export "similarities")
    (param $query i32) (param $width i32) (param $rows i32) (param $list i32) (param $count i32) (param $out i32)
    (param $unit f32)
    (local $end i32) (local $row i32) (local $q i32) (local $qend i32) (local $sum v128) (local $more v128)
    (local.set $end (i32.add (local.get $out) (i32.shl (local.get $count) (i32.const 2))))
    (local.set $qend (i32.add (local.get $query) (i32.shl (local.get $width) (i32.const 1))))
    (block $done
      (loop $next_row
        (br_if $done (i32.eq (local.get $out) (local.get $end)))
        (local.set $row
          (i32.add (local.get $rows)
            (i32.mul (i32.load (local.get $list)) (i32.add (local.get $width) (i32.const 4)))))
        (local.set $sum (v128.const i32x4 0 0 0 0))
        (local.set $more (v128.const i32x4 0 0 0 0))
        (local.set $q (local.get $query))
        (loop $next_part
          (local.set $sum (i32x4.add (local.get $sum)
            (i32x4.dot_i16x8_s (v128.load8x8_s (local.get $row)) (v128.load (local.get $q)))))
          (local.set $more (i32x4.add (local.get $more)
            (i32x4.dot_i16x8_s (v128.load8x8_s offset=8 (local.get $row)) (v128.load offset=16 (local.get $q)))))
          (local.set $row (i32.add (local.get $row) (i32.const 16)))
          (local.set $q (i32.add (local.get $q) (i32.const 32)))
          (br_if $next_part (i32.lt_u (local.get $q) (local.get $qend))))
        (local.set $sum (i32x4.add (local.get $sum) (local.get $more)))
        (local.set $sum (i32x4.add (local.get $sum)
          (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $sum) (local.get $sum))))
        ;; $row is behind the bytes now, where the scale is.
        (f32.store (local.get $out)
          (f32.min (f32.const 1)
            (f32.max (f32.const -1)
              (f32.mul
                (f32.mul
                  (f32.convert_i32_s
                    (i32.add (i32x4.extract_lane 0 (local.get $sum)) (i32x4.extract_lane 1 (local.get $sum))))
                  (f32.load (local.get $row)))
                (local.get $unit)))))
        (local.set $list (i32.add (local.get $list) (i32.const 4)))
        (local.set $out (i32.add (local.get $out) (i32.const 4)))
        (br $next_row)))))
