/**
 * The `n`-th largest of some numbers, 1 being the largest, by Hoare's selection ("Algorithm 65: Find", 1961): no sort is
 * needed to know what the best must exceed.
 * @param values are put in another order
 * @returns minus infinity if there are fewer
 */
export function nthLargest(values: Float32Array, n: number): number {
  if (n > values.length) return Number.NEGATIVE_INFINITY;
  const wanted = n - 1;
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const pivot = values[(low + high) >> 1] as number;
    let left = low;
    let right = high;
    while (left <= right) {
      while ((values[left] as number) > pivot) left++;
      while ((values[right] as number) < pivot) right--;
      if (left > right) break;
      const swapped = values[left] as number;
      values[left++] = values[right] as number;
      values[right--] = swapped;
    }
    if (wanted <= right) high = right;
    else if (wanted >= left) low = left;
    else break;
  }
  return values[wanted] as number;
}
