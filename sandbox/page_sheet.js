// The spreadsheet as a grid: a click edits a cell, what the bot has just written glows for a moment. The text being
// edited lives here; rows that arrive meanwhile move around it.
const GLOW_MS = 2200;
//: More changes at once than this are a sort or another tab, not the bot's pen.
const MOST_GLOWING = 40;

export default {
  props: { title: String, tabs: Array, tab: String, columns: Array, lines: Array },
  emits: ["pick", "edit", "insert", "remove", "sort", "undo"],
  data: () => ({ row: 0, column: 0, editing: false, draft: "", was: "", glowing: {}, sorted: [0, false] }),
  template: `
    <section class="sheet" data-sheet>
      <header class="sheet-head">
        <q-icon class="sheet-logo" name="grid_on" />
        <div class="sheet-title"><b>{{ title }}</b><span>Google Таблица · вы владелец</span></div>
        <div class="sheet-tools">
          <button type="button" title="Отменить последнее действие" @click="$emit('undo')"
            ><q-icon name="undo" /><span>Отменить</span></button>
          <button type="button" title="Вставить строку ниже выбранной" @click="insert"
            ><q-icon name="add" /><span>Строка</span></button>
          <button type="button" title="Удалить выбранную строку" :disabled="row < 2" @click="remove"
            ><q-icon name="delete_outline" /><span>Удалить</span></button>
        </div>
      </header>
      <div class="sheet-bar"><b>{{ address }}</b><i>fx</i><span>{{ editing ? draft : content }}</span></div>
      <div class="sheet-grid" ref="grid">
        <table>
          <colgroup><col style="width: 38px"><col v-for="c in columns" :style="{ width: wide(c) }"></colgroup>
          <thead>
            <tr class="letters"><th></th><th v-for="c in columns" :class="{ on: c.place === column }">{{ c.letter }}</th></tr>
            <tr v-if="header" class="titles">
              <th>1</th>
              <th v-for="(c, i) in columns" :key="c.place">
                <div class="title"><span :title="c.title" @dblclick="open(1, c, header.cells[i])">{{ c.title }}</span>
                  <button v-if="c.title" type="button" :title="'Сортировать по «' + c.title + '»'" @click="sort(c)"
                    ><q-icon :name="sorted[0] === c.place && sorted[1] ? 'arrow_downward' : 'arrow_upward'"
                  /></button>
                </div>
                <textarea v-if="here(1, c)" ref="editor" v-model="draft" rows="1" @keydown="key" @blur="commit"></textarea>
              </th>
            </tr>
          </thead>
          <tbody>
            <tr v-for="line in body" :key="line.number" :data-row="line.number" :class="{ on: line.number === row }">
              <th @click="choose(line.number, 0)">{{ line.number }}</th>
              <td v-for="(c, i) in columns" :key="c.place" :class="look(line, c, i)" :title="line.cells[i].note || null"
                  @click="open(line.number, c, line.cells[i])">
                <div class="cell">{{ line.cells[i].text }}</div>
                <textarea v-if="here(line.number, c)" ref="editor" v-model="draft" rows="1" @keydown="key" @blur="commit"
                  @input="fit($event.target)" @click.stop></textarea>
                <div v-if="here(line.number, c) && offered(c).length" class="choices">
                  <button v-for="choice in offered(c)" type="button" @mousedown.prevent="take(choice)">{{ choice }}</button>
                </div>
              </td>
            </tr>
          </tbody>
        </table>
      </div>
      <nav class="sheet-tabs">
        <button v-for="name in tabs" :key="name" type="button" :class="{ on: name === tab }" @click="pick(name)"
          >{{ name }}</button>
      </nav>
    </section>`,
  computed: {
    header() {
      return this.lines[0]?.number === 1 ? this.lines[0] : null;
    },
    body() {
      return this.header ? this.lines.slice(1) : this.lines;
    },
    address() {
      const column = this.columns.find((c) => c.place === this.column);
      return this.row ? (column ? column.letter : "") + this.row : "";
    },
    content() {
      const cell = this.cell(this.row, this.column);
      return cell ? cell.formula || cell.text : "";
    },
  },
  watch: {
    lines(now, before) {
      if (this.tab === this.drawn) this.glow(now, before);
      this.drawn = this.tab;
    },
    tab() {
      this.choose(0, 0);
      this.sorted = [0, false];
      if (this.$refs.grid) this.$refs.grid.scrollTop = this.$refs.grid.scrollLeft = 0;
    },
  },
  mounted() {
    this.drawn = this.tab;
  },
  methods: {
    wide: (column) => Math.round(Math.min(Math.max(column.width * 0.82, 74), 300)) + "px",
    cell(row, place) {
      const line = this.lines.find((l) => l.number === row);
      const index = this.columns.findIndex((c) => c.place === place);
      return line && index >= 0 ? line.cells[index] : null;
    },
    here(row, column) {
      return this.editing && this.row === row && this.column === column.place;
    },
    look(line, column, index) {
      const cell = line.cells[index];
      return {
        on: line.number === this.row && column.place === this.column,
        noted: !!cell.note,
        glow: !!this.glowing[line.number + ":" + column.place],
        figure: cell.text !== "" && /^-?[\d\s]+([.,]\d+)?$/.test(cell.text),
      };
    },
    offered(column) {
      const typed = this.draft === this.was ? "" : this.draft.toLowerCase();
      return column.choices.filter((choice) => choice.toLowerCase().includes(typed)).slice(0, 16);
    },
    choose(row, place) {
      this.editing = false;
      this.row = row;
      this.column = place;
    },
    open(row, column, cell) {
      if (this.here(row, column)) return;
      this.commit();
      this.choose(row, column.place);
      this.was = cell.text;
      this.draft = this.first = cell.formula || cell.text;
      this.editing = true;
      this.$nextTick(() => {
        const editor = [this.$refs.editor].flat()[0];
        if (!editor) return;
        editor.style.height = editor.parentElement.clientHeight + "px";
        this.fit(editor);
        editor.focus();
        (editor.parentElement.querySelector(".choices") || editor).scrollIntoView({ block: "nearest" });
      });
    },
    fit(editor) {
      if (editor.scrollHeight > editor.clientHeight) editor.style.height = editor.scrollHeight + 4 + "px";
    },
    key(event) {
      if (event.key === "Escape") this.editing = false;
      else if (event.key === "Enter" && !event.shiftKey && !event.altKey) this.commit();
      else if (event.key === "Tab") this.aside(event.shiftKey ? -1 : 1);
      else return;
      event.preventDefault();
    },
    aside(step) {
      const index = this.columns.findIndex((c) => c.place === this.column) + step;
      const line = this.lines.find((l) => l.number === this.row);
      if (this.columns[index] && line) this.open(this.row, this.columns[index], line.cells[index]);
      else this.commit();
    },
    take(choice) {
      this.draft = choice;
      this.commit();
    },
    commit() {
      if (!this.editing) return;
      this.editing = false;
      if (this.draft === this.first) return;
      this.mine = this.row + ":" + this.column;
      this.$emit("edit", this.row, this.column, this.was, this.draft);
    },
    insert() {
      const last = this.lines.filter((line) => line.cells.some((cell) => cell.text)).pop();
      const at = (this.row || (last ? last.number : 1)) + 1;
      this.$emit("insert", at);
      this.reveal(at);
    },
    remove() {
      this.editing = false;
      this.$emit("remove", this.row);
    },
    sort(column) {
      this.sorted = [column.place, this.sorted[0] === column.place && !this.sorted[1]];
      this.choose(0, 0);
      this.$emit("sort", ...this.sorted);
    },
    pick(name) {
      this.commit();
      this.$emit("pick", name);
    },
    reveal(row) {
      this.choose(row, this.columns[0]?.place || 0);
      setTimeout(() => this.$refs.grid?.querySelector('[data-row="' + row + '"]')?.scrollIntoView({ block: "center" }), 60);
    },
    glow(now, before) {
      const changed = {};
      now.forEach((line, i) =>
        line.cells.forEach((cell, j) => {
          const key = line.number + ":" + this.columns[j]?.place;
          if (cell.text && cell.text !== before[i]?.cells[j]?.text && key !== this.mine) changed[key] = true;
        })
      );
      this.mine = "";
      if (Object.keys(changed).length > MOST_GLOWING) return;
      this.glowing = { ...this.glowing, ...changed };
      setTimeout(() => Object.keys(changed).forEach((key) => delete this.glowing[key]), GLOW_MS);
    },
  },
};
