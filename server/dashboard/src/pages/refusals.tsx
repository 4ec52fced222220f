/* Changes that were refused: which, whose, and why. */
import { type Page, query as queryText, type Refusal, type RefusalDetail, segment } from "../api";
import { CodeReader } from "../code/code";
import { useGet } from "../data";
import { Findings } from "../finding";
import { Icon } from "../icons";
import { levelName } from "../levels";
import {
	Actor,
	Commands,
	Empty,
	Failure,
	Header,
	Loading,
	reading,
	SubjectName,
	Time,
	TypeBadge,
	useTitle,
} from "../parts";
import { Link, subjectPath } from "../router";
import { layOut, plural } from "../text";

export function RefusalsPage({ query }: { query: URLSearchParams }) {
	useTitle("Refused changes");
	const path = `/api/v1/refusals${queryText({ subject: query.get("subject"), limit: 200 })}`;
	const { data, error } = useGet<Pick<Page<Refusal>, "items">>(path);
	return (
		<div class="page">
			<Header title="Refused changes">
				<p class="lead">What somebody wanted to register and could not. Open one to see why, and what would help.</p>
			</Header>
			{error && <Failure error={error} what="the refused changes" />}
			{!data && !error && <Loading what="the refused changes" />}
			{data?.items.length === 0 && <Empty title="Nothing has been refused" />}
			{data && data.items.length > 0 && (
				<ul class="cards">
					{data.items.map((item) => (
						<li key={item.id}>
							<Link to={`/refusals/${item.id}`} class="card">
								<span class="card-title">
									<SubjectName subject={item.subject} />
								</span>
								<TypeBadge type={item.schemaType} short />
								<span>
									{plural(item.findings, "finding")} under {levelName(item.level)}
								</span>
								<span class="card-side dim">
									<Actor actor={item.actor} /> · <Time at={item.time} />
								</span>
							</Link>
						</li>
					))}
				</ul>
			)}
			<Commands list={[reading("This list", path)]} />
		</div>
	);
}

export function RefusalPage({ id }: { id: string }) {
	const path = `/api/v1/refusals/${segment(id)}`;
	const { data, error } = useGet<RefusalDetail>(path, { again: false });
	useTitle(data ? `Refused: ${data.subject}` : "Refused change");
	return (
		<div class="page page-wide">
			<nav class="crumbs" aria-label="Where this is">
				<Link to="/refusals">Refused changes</Link>
				<Icon name="chevron" />
				<span>{id}</span>
			</nav>
			{error && <Failure error={error} what="this change" />}
			{!data && !error && <Loading what="this change" />}
			{data && (
				<>
					<Header
						title={<SubjectName subject={data.subject} />}
						actions={
							<Link to={`${subjectPath(data.subject, "try")}?refusal=${data.id}`} class="button primary">
								<Icon name="wrench" /> Fix it
							</Link>
						}
					>
						<p class="lead">
							Refused <Time at={data.time} /> under {levelName(data.level)}, asked for by <Actor actor={data.actor} />.{" "}
							<Link to={subjectPath(data.subject)}>See the subject</Link>
						</p>
					</Header>
					<div class="workbench">
						<section class="bench-editor" aria-label="What was to be registered">
							<CodeReader
								label="The refused schema"
								type={data.schemaType}
								text={layOut(data.schema, data.schemaType)}
							/>
						</section>
						<section class="bench-verdict" aria-label="Why it was refused">
							<Findings explanation={data.explanation} />
						</section>
					</div>
				</>
			)}
			<Commands list={[reading("This change", path)]} />
		</div>
	);
}
