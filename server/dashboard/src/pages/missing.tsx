import { Empty, useTitle } from "../parts";
import { Link } from "../router";

export function MissingPage() {
	useTitle("Not found");
	return (
		<div class="page">
			<Empty title="There is no page at this address">
				<p>
					<Link to="/">All subjects</Link>
				</p>
			</Empty>
		</div>
	);
}
