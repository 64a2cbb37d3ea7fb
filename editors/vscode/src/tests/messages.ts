// What went wrong in a test, as the Testing view shows it.

/**
 * Has what tools printed keep its layout: VS Code lays the code blocks of a test's message out as prose, and cuts them
 * off until its view is resized.
 */
export function laidOut(markdown: string): string {
    return markdown.replace(/^(`{3,})text\n([\s\S]*?)\n\1$/gm, (_, _fence, text: string) => {
        return `<pre>${text.replace(/&/g, '&amp;').replace(/</g, '&lt;')}</pre>`;
    });
}
