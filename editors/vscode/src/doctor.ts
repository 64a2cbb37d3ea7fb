// `Testdock: Doctor` as a page.

const SIGNS: Record<string, string> = { ok: '✓', FAIL: '✗', note: '•' };

/** The server's lines for a terminal, as Markdown: what was looked at, one heading each. */
export function doctorPage(text: string): string {
    const page = ['# Testdock: Doctor'];
    for (const line of text.split('\n')) {
        const [, sign, subject, found] = /^(\S+)\s+(.+?)\s{2,}(.*)$/.exec(line) ?? [];
        if (sign && subject && found && SIGNS[sign]) page.push(`${SIGNS[sign]} **${subject}**: ${found}`);
        else if (line.trim()) page.push(`> ${line.trim()}`);
    }
    return `${page.join('\n\n')}\n`;
}
