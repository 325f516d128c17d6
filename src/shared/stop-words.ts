/** English words that say nothing about the code that is looked for. */
export const englishStopWords: readonly string[] =
  `a about all also am an and any are as at be because been being both but by can cannot could did do does
  doing done each either every find for from get gets given go had handle handled handles has have having here how i if
  implement implemented implementation in inside into is it its itself just know let like look looking made make makes
  may me might more most much must my need needs no not of off on once one only onto or other our out over own per
  please same several shall she should show so some such tell than that the their them then there these they this those
  through to too under until up upon us use used uses using via very want was way we were what when where whether which
  while who whose why will with within without work working works would you your`.split(/\s+/);

/** Keywords that most languages share: in a query they name a kind of thing rather than a thing. */
export const languageKeywords: readonly string[] =
  `begin bool boolean break case catch class code codebase const continue def default elif else elsif end
  enum export extends false file files final finally fn func function functions goto impl implements import int
  interface lambda method methods module mut namespace new nil none null package private protected pub public repo
  repository return self source static string struct super switch template throw throws trait true try type typedef
  typeof undefined union unless unsigned var variable void yield`.split(/\s+/);
