export function greeting(word = 'Hello') {
  return `${word} from the shop!`;
}
