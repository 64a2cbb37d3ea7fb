/** Text for a terminal, whose lines end as terminals want it. */
export function forTerminal(text: string): string {
    return text.replace(/\r?\n/g, '\r\n');
}
