// The dialogue as a graph. The server says which column a step stands in; pixels are worked out here, so that the
// graph fills whatever room it has.
const ICONS = {
  вопрос: "help_outline", меню: "menu_open", погода: "wb_sunny", цитата: "format_quote", подобрать: "rule",
  добавить: "playlist_add", изменить: "edit_note", рейтинг: "emoji_events", график: "bar_chart", картинка: "image",
  уведомить: "campaign", запрос: "cloud_download", найти: "search", запомнить: "bookmark_border",
  сообщение: "chat_bubble_outline", переход: "shortcut",
};
const QUIET = ["сообщение", "переход", "запомнить"];

export default {
  props: {
    nodes: Array, edges: Array, heights: Array, problems: Array, who: String, route: Array,
  },
  emits: ["pick"],
  data: () => ({ width: 800, height: 300, over: "" }),
  template: `
    <section class="graph" data-graph>
      <header class="card-head">
        <b>Сценарий</b>
        <span v-if="who" class="graph-who"><i></i>{{ who }}: {{ at ? "шаг «" + at + "»" : "разговор окончен" }}</span>
        <span v-else class="hint">строки вкладки «Сценарий» — нажмите на шаг, чтобы открыть его строку</span>
        <span class="legend"><i class="next"></i>дальше <i class="button"></i>кнопка <i class="error"></i>ошибка
          <q-icon name="keyboard_return" />в меню</span>
      </header>
      <div v-if="problems.length" class="graph-problem" :title="problems.join('\\n')">
        <q-icon name="error_outline" /><span>{{ problems[0] }}</span><em>Бот отвечает по прежней версии.</em>
      </div>
      <div class="graph-scroll"><div class="graph-field" ref="field">
        <svg :width="width" :height="height">
          <path v-for="edge in lines" :key="edge.key" :d="edge.d" :class="edge.look"><title>{{ edge.title }}</title></path>
        </svg>
        <button v-for="node in nodes" :key="node.name" type="button" class="node" :class="look(node)" :style="box(node)"
          :title="node.says" :data-step="node.name"
          @click="$emit('pick', node.row)" @mouseenter="over = node.name" @mouseleave="over = ''">
          <q-icon :name="icon(node)" /><span>{{ node.name || "начало" }}</span>
          <q-icon v-if="node.returns" class="returns" name="keyboard_return" />
        </button>
      </div></div>
    </section>`,
  computed: {
    at() {
      return this.route[this.route.length - 1] || "";
    },
    size() {
      const most = Math.max(1, ...this.heights);
      return {
        w: Math.min(150, (this.width - 12) / Math.max(1, this.heights.length) - 22),
        h: Math.max(20, Math.min(38, this.height / most - 7)),
      };
    },
    spots() {
      const step = (this.width - 12 - this.size.w) / Math.max(1, this.heights.length - 1);
      return Object.fromEntries(
        this.nodes.map((node) => [
          node.name,
          { x: 6 + node.column * step, y: (this.height * (node.place + 0.5)) / this.heights[node.column] },
        ])
      );
    },
    lines() {
      return this.edges.map((edge) => ({
        key: [edge.source, edge.target, edge.kind, edge.label].join(),
        d: this.curve(this.spots[edge.source], this.spots[edge.target]),
        look: [edge.kind, { lit: this.lit(edge), dim: this.over && !this.touches(edge) }],
        title: edge.label || edge.source + " → " + edge.target,
      }));
    },
  },
  mounted() {
    this.resized = new ResizeObserver(([entry]) => {
      this.width = entry.contentRect.width;
      this.height = entry.contentRect.height;
    });
    this.resized.observe(this.$refs.field);
  },
  beforeUnmount() {
    this.resized.disconnect();
  },
  methods: {
    icon(node) {
      const telling = node.blocks.find((block) => !QUIET.includes(block)) || node.blocks[0];
      return ICONS[telling] || "chat_bubble_outline";
    },
    look(node) {
      return { at: node.name === this.at, through: node.name !== this.at && this.route.includes(node.name) };
    },
    box(node) {
      const { x, y } = this.spots[node.name];
      const { w, h } = this.size;
      return { left: x + "px", top: y - h / 2 + "px", width: w + "px", height: h + "px" };
    },
    touches(edge) {
      return edge.source === this.over || edge.target === this.over;
    },
    lit(edge) {
      if (this.over) return this.touches(edge);
      return this.route.some((name, i) => edge.source === name && edge.target === this.route[i + 1]);
    },
    curve(from, to) {
      const { w, h } = this.size;
      if (to.x > from.x) {
        const bend = Math.max(14, (to.x - from.x - w) / 2);
        return `M${from.x + w} ${from.y} C${from.x + w + bend} ${from.y} ${to.x - bend} ${to.y} ${to.x} ${to.y}`;
      }
      if (to.x === from.x) {
        const side = from.x + w;
        return `M${side} ${from.y} C${side + 22} ${from.y} ${side + 22} ${to.y} ${side} ${to.y}`;
      }
      const start = { x: from.x, y: from.y + h / 4 };
      const end = { x: to.x + w, y: to.y + h / 4 };
      const bend = Math.max(14, (start.x - end.x) / 2);
      return `M${start.x} ${start.y} C${start.x - bend} ${start.y} ${end.x + bend} ${end.y} ${end.x} ${end.y}`;
    },
  },
};
