/** Lines that hang on each other, drawn as a tree. Pure. */

export interface Branch {
  readonly text: string;
  readonly branches: readonly Branch[];
}

export function leaf(text: string): Branch {
  return { text, branches: [] };
}

export function drawTree({ text, branches }: Branch): string[] {
  return [text, ...branches.flatMap((branch, index) => drawBranch(branch, index === branches.length - 1))];
}

function drawBranch(branch: Branch, isLast: boolean): string[] {
  const [first = '', ...rest] = drawTree(branch);
  return [`${isLast ? '└─' : '├─'} ${first}`, ...rest.map((line) => `${isLast ? '  ' : '│ '} ${line}`)];
}
