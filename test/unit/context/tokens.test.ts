import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { Tiktoken } from 'js-tiktoken/lite';
import cl100k from 'js-tiktoken/ranks/cl100k_base';
import o200k from 'js-tiktoken/ranks/o200k_base';
import { describe, expect, test } from 'vitest';
import { countTokens } from '../../../src/daemon/context/tokens.js';

const root = resolve(import.meta.dirname, '../../..');
const encodings = [new Tiktoken(cl100k), new Tiktoken(o200k)];
/** What the costlier of the two encodings makes of a text. */
const real = (text: string) => Math.max(...encodings.map((one) => one.encode(text, [], []).length));
/** Where tokens were underestimated by more, the estimate is wrong. */
const least = 0.9;

function files(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

const made: Record<string, string> = {
  Chinese: '这个函数从配置文件中读取超时时间并在失败时重试三次，然后返回解析后的结果。'.repeat(10),
  'traditional Chinese': '繁體中文說明：請先安裝相依套件後再執行測試程式，並檢查輸出是否正確。'.repeat(10),
  Japanese: 'この関数は設定ファイルからタイムアウトを読み込み、失敗した場合は三回再試行します。'.repeat(10),
  Korean: '이 함수는 설정 파일에서 시간 제한을 읽고 실패하면 세 번 다시 시도합니다. '.repeat(10),
  Russian: 'Эта функция читает время ожидания из файла настроек и повторяет попытку три раза. '.repeat(10),
  Greek: 'Αυτή η συνάρτηση διαβάζει το χρονικό όριο από το αρχείο ρυθμίσεων. '.repeat(10),
  Arabic: 'تقرأ هذه الدالة المهلة من ملف الإعدادات وتعيد المحاولة ثلاث مرات. '.repeat(10),
  Hebrew: 'הפונקציה הזו קוראת את זמן ההמתנה מקובץ ההגדרות ומנסה שוב שלוש פעמים. '.repeat(10),
  Hindi: 'यह फ़ंक्शन विन्यास फ़ाइल से समय सीमा पढ़ता है और तीन बार पुनः प्रयास करता है। '.repeat(10),
  Thai: 'ฟังก์ชันนี้อ่านค่าหมดเวลาจากไฟล์การตั้งค่าและลองใหม่สามครั้ง '.repeat(10),
  German: 'Größenänderung für übermäßig lange Schlüssel: Überprüfung der Gültigkeit. '.repeat(10),
  Vietnamese: 'Hàm này đọc thời gian chờ từ tệp cấu hình và thử lại ba lần khi thất bại. '.repeat(10),
  emoji: '🚀🔥✅❌🎉 done ⚠️ 👩‍💻 '.repeat(20),
  'signs of mathematics': '∀x∈ℝ: ⌈x⌉ = −⌊−x⌋, α ∧ ¬β = ¬(¬α ∨ β) ≠ ∅ → ⊤\n'.repeat(10),
  'boxes of lines': '┌────────┬──────┐\n│ name   │ kind │\n├────────┼──────┤\n'.repeat(10),
  blanks: `\n\n\n\t\t\t\t\t\t${' '.repeat(60)}x\n`.repeat(20),
  'blank lines with blanks': `${' '.repeat(7)}\n`.repeat(100),
  'Windows line ends': 'int a;\r\n\r\nreturn b;\r\n'.repeat(30),
  minified:
    '!function(e,t){"object"==typeof exports&&"undefined"!=typeof module?t(exports):"function"==typeof define&&define.amd?define(["exports"],t):t((e=e||self).React={})}(this,function(e){var n=60103,r=60106;e.Fragment=60107;function o(e){for(var t="https://reactjs.org/?invariant="+e,n=1;n<arguments.length;n++)t+="&args[]="+encodeURIComponent(arguments[n]);return t}var u={isMounted:function(){return!1}};})'.repeat(
      3,
    ),
  'hexadecimal digits': Array.from({ length: 200 }, (_, at) => ((at * 2654435761) >>> 0).toString(16)).join(
    '',
  ),
  base64: Buffer.from(Array.from({ length: 3000 }, (_, at) => (at * at * 31 + at * 7) & 255)).toString(
    'base64',
  ),
  numbers: Array.from({ length: 300 }, (_, at) => ((at * 7919) % 9973) / 97).join(', '),
  rules: `${'-'.repeat(80)}\n${'='.repeat(70)}\n`.repeat(10),
};

describe('the estimate of tokens', () => {
  test('hardly ever is more than a tenth below the real count, file by file', () => {
    const ratios = [...files('test/fixtures/languages'), ...files('src'), ...files('grammars')].flatMap(
      (file) => {
        const text = readFileSync(file, 'utf8').slice(0, 6000);
        const tokens = real(text);
        return tokens < 100 ? [] : [{ file, ratio: countTokens(text) / tokens }];
      },
    );
    expect(ratios.length).toBeGreaterThan(150);
    expect(ratios.filter(({ ratio }) => ratio < least)).toEqual([]);
    const mean = ratios.reduce((sum, { ratio }) => sum + ratio, 0) / ratios.length;
    expect(mean).toBeGreaterThan(1);
    expect(mean).toBeLessThan(1.3);
  });

  test.each(Object.entries(made))('is on the safe side of %s', (_name, text) => {
    expect(countTokens(text) / real(text)).toBeGreaterThan(least);
  });

  test('of whatever a prompt is put together from is no more than a tenth below the real count', () => {
    const texts = [...files('test/fixtures/languages'), ...files('src')].map((file) =>
      readFileSync(file, 'utf8'),
    );
    const piece = fc
      .tuple(fc.constantFrom(...texts), fc.nat(), fc.integer({ min: 50, max: 1500 }))
      .map(([text, from, length]) => text.slice(from % text.length).slice(0, length));
    const prompt = fc.array(piece, { minLength: 2, maxLength: 8 }).map((pieces) => pieces.join('\n'));
    fc.assert(
      fc.property(prompt, (text) => {
        const tokens = real(text);
        // Of a few tokens, one more or less is a tenth.
        return tokens < 200 || countTokens(text) / tokens > least;
      }),
      { numRuns: 150 },
    );
  });

  test('grows with its text, and is nothing for none', () => {
    expect(countTokens('')).toBe(0);
    expect(countTokens('a')).toBeGreaterThan(0);
    expect(countTokens('\ud800')).toBeGreaterThan(0);
    expect(countTokens('a b')).toBeLessThan(countTokens('a b c d'));
  });

  test('reads half a megabyte without a break', () => {
    const text = readFileSync(join(root, 'src/protocol/methods.ts'), 'utf8').repeat(100);
    expect(countTokens(text)).toBeGreaterThan(text.length / 8);
  });
});
