"""The results as a picture (SVG): a bar for each, how much of the figure to reach it takes; what, and beside what."""

import html

import report

ROW = 36
LABEL = 560
SCALE = 260  # pixels of what is to be reached
WIDTH = LABEL + 2 * SCALE + 140
TOP = 56


def write(path, results, title):
    judged = [result for result in report.ordered(results) if result.excess is not None]
    height = TOP + ROW * len(judged) + 16
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
             'font-family="system-ui, sans-serif" font-size="12">',
             f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
             text(12, 22, title, 'font-size="15" font-weight="bold"'),
             text(12, 42, "Each bar: what was measured, as a share of what is to be reached. Shorter is better.", 'fill="#555555"')]
    for index, result in enumerate(judged):
        y = TOP + ROW * index
        length = min(result.excess, 2) * SCALE
        color = "#2f8f5b" if result.is_reached else "#c0503c"
        details = [f"{result.clients} clients"] * (result.clients > 1) + [f"beside: {result.beside}"] * bool(result.beside)
        parts += [text(LABEL - 8, y + 14, shortened(result.what, 82), 'text-anchor="end"'),
                  f'<rect x="{LABEL}" y="{y + 5}" width="{length:.1f}" height="{ROW - 14}" fill="{color}"/>',
                  text(LABEL + length + 6, y + 20, f"{report.measured(result)} ({report.to_reach(result)})", 'fill="#333333"')]
        parts.append(text(LABEL - 8, y + 28, shortened("; ".join(details), 100), 'text-anchor="end" font-size="10" fill="#555555"'))
    bottom = TOP + ROW * len(judged)
    parts += [f'<line x1="{LABEL + SCALE}" y1="{TOP - 4}" x2="{LABEL + SCALE}" y2="{bottom}" stroke="#333333" stroke-dasharray="4 3"/>',
              text(LABEL + SCALE, TOP - 8, "to reach", 'text-anchor="middle" fill="#555555"'), "</svg>"]
    path.write_text("\n".join(parts) + "\n")


def text(x, y, value, attributes=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" {attributes}>{html.escape(value)}</text>'


def shortened(value, limit):
    return value if len(value) <= limit else value[: limit - 1] + "…"
