export async function main(args: string[]): Promise<number> {
  process.stdout.write(`weir ${args.join(' ')}\n`);
  return 0;
}
