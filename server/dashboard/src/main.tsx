import { render } from "preact";
render(<h1>Tenon</h1>, document.getElementById("app") as HTMLElement);
