/** One case of a classification: numeric features and its class. */
export interface Case {
  readonly features: readonly number[];
  readonly label: number;
}

interface Split {
  readonly feature: number;
  readonly threshold: number;
}

export type Tree = { readonly label: number } | (Split & { readonly low: Tree; readonly high: Tree });

/** The minimal number of cases in a leaf, so that a tree finds rules and not single cases. */
const leafMin = 40;

/** Grows a decision tree by Gini impurity (CART) to the given depth. */
export function growTree(cases: readonly Case[], depth: number): Tree {
  const split = depth === 0 ? null : bestSplit(cases);
  if (split === null) return { label: majority(cases) };
  const isLow = ({ features }: Case) => (features[split.feature] ?? 0) <= split.threshold;
  const low = growTree(cases.filter(isLow), depth - 1);
  const high = growTree(
    cases.filter((each) => !isLow(each)),
    depth - 1,
  );
  return { ...split, low, high };
}

export function accuracy(tree: Tree, cases: readonly Case[]): number {
  return cases.filter(({ features, label }) => classify(tree, features) === label).length / cases.length;
}

function classify(tree: Tree, features: readonly number[]): number {
  if ('label' in tree) return tree.label;
  return classify((features[tree.feature] ?? 0) <= tree.threshold ? tree.low : tree.high, features);
}

function majority(cases: readonly Case[]): number {
  const counts = countsOf(cases);
  return [...counts.keys()].reduce(
    (best, label) => ((counts[label] ?? 0) > (counts[best] ?? 0) ? label : best),
    0,
  );
}

function countsOf(cases: readonly Case[]): number[] {
  const counts = [0, 0, 0];
  for (const { label } of cases) counts[label] = (counts[label] ?? 0) + 1;
  return counts;
}

function bestSplit(cases: readonly Case[]): Split | null {
  const total = countsOf(cases);
  let best: Split | null = null;
  let least = impurity(total) - 1e-6;
  const width = cases[0]?.features.length ?? 0;
  for (let feature = 0; feature < width; feature += 1) {
    const sorted = cases
      .map(({ features, label }) => [features[feature] ?? 0, label] as const)
      .sort((a, b) => a[0] - b[0]);
    const low = [0, 0, 0];
    for (let index = 0; index + 1 < sorted.length; index += 1) {
      const [value, label] = sorted[index] ?? [0, 0];
      low[label] = (low[label] ?? 0) + 1;
      const next = sorted[index + 1]?.[0] ?? value;
      const count = index + 1;
      if (next === value || count < leafMin || sorted.length - count < leafMin) continue;
      const high = total.map((all, each) => all - (low[each] ?? 0));
      const weighted = (impurity(low) * count + impurity(high) * (sorted.length - count)) / sorted.length;
      if (weighted < least) [least, best] = [weighted, { feature, threshold: value }];
    }
  }
  return best;
}

function impurity(counts: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return 1 - counts.reduce((sum, count) => sum + (count / total) ** 2, 0);
}
